// SPDX-License-Identifier: AGPL-3.0-only
// Forwards of the vault that this page knows: every contract on the deployment's own index, and
// what an account has. What relays say is checked with the chain before anybody sees it as a book.

import { type Address, erc20Abi, type Hex, zeroAddress } from "viem";
import { oracleAbi } from "../generated/abi";
import { bookAbi, vaultAbi } from "../generated/abi_forwards";
import type { LiveOrder } from "../model/book";
import type { Band, Payouts, Progress } from "../model/forward";
import type { ToldOrder } from "../model/relay_answer";
import { min } from "../model/units";
import { type Found, searchBack } from "./events";
import { view } from "./reader";
import { chainKnown, head, type Session } from "./session";

const MAX_SYMBOL = 32;
/** [bytes] of the legs of an order, at most */
const LEGS_BYTES = 64 + 12 * 128;
/** Blocks that may still be replaced by others: events in them are asked for again. */
const LOOSE_BLOCKS = 64n;

/** A contract as it stands. */
export interface Forward {
  /** Its number, which is that of its LONG; SHORT is the next one. */
  readonly id: bigint;
  readonly metric: bigint;
  readonly band: Band;
  /** [1e18] of the metric that a tick is */
  readonly scale: bigint;
  readonly token: Address;
  readonly symbol: string;
  readonly decimals: number;
  readonly openInterest: bigint;
  /** [tick] of the newest final day; `undefined` where the index is silent */
  readonly index: bigint | undefined;
  /** Of the window, as far as it is final. */
  readonly progress: Progress;
  /** What it pays for ever; `undefined` until that is known. */
  readonly outcome: Payouts | undefined;
  /** [contracts] that the account has */
  readonly long: bigint;
  readonly short: bigint;
  /** [base units] of the token that the account has, and lets the vault take */
  readonly balance: bigint;
  readonly allowance: bigint;
}

/** The contracts on the deployment's own index, by window. */
export async function readForwards(
  session: Session,
  account: Address | undefined,
): Promise<readonly Forward[]> {
  const { forwards, oracle } = session.deployment;
  if (forwards === undefined) return [];
  const [created, oldest] = await Promise.all([
    readCreated(session),
    session.reader.read({ newest: view(oracle, oracleAbi, "last_final_day", []) }),
  ]);
  await chainKnown();
  const holder = account ?? zeroAddress;
  const { vault } = forwards;
  const newest = oldest.newest ?? 0n;
  const through = (metric: bigint, day: bigint) =>
    view(oracle, oracleAbi, "sum_through", [metric, day]);
  const answers = await session.reader.readSets(
    created.map(({ series, token, metric, first_day, end_day }) => ({
      open: view(vault, vaultAbi, "open_interest", [series]),
      mean: view(vault, vaultAbi, "mean_of_last", [series, 1n]),
      outcome: view(vault, vaultAbi, "outcome_of", [series]),
      scale: view(oracle, oracleAbi, "units_per_tick", [metric]),
      before: through(metric, first_day - 1n),
      // a window that has not begun has no sum of its own
      last: through(metric, newest < first_day ? first_day - 1n : min(newest, end_day - 1n)),
      long: view(vault, vaultAbi, "balanceOf", [holder, series]),
      short: view(vault, vaultAbi, "balanceOf", [holder, series + 1n]),
      symbol: view(token, erc20Abi, "symbol", []),
      decimals: view(token, erc20Abi, "decimals", []),
      balance: view(token, erc20Abi, "balanceOf", [holder]),
      allowance: view(token, erc20Abi, "allowance", [holder, vault]),
    })),
  );
  const read = created.flatMap((band, i): Forward[] => {
    const { open, mean, outcome, long, short, symbol = "", decimals, scale } = answers[i] ?? {};
    const { before, last, balance = 0n, allowance = 0n } = answers[i] ?? {};
    if (open === undefined || decimals === undefined || scale === undefined) return [];
    const days =
      newest < band.first_day ? 0n : min(newest, band.end_day - 1n) - band.first_day + 1n;
    return [
      {
        ...{ id: band.series, metric: band.metric, band, scale, token: band.token, decimals },
        symbol: symbol.slice(0, MAX_SYMBOL),
        openInterest: open,
        index: mean?.[0],
        progress: { days, sum: (last?.[0] ?? 0n) - (before?.[0] ?? 0n) },
        outcome: outcome?.is_due
          ? { long: outcome.long_payout, short: outcome.short_payout }
          : undefined,
        ...{ long: long ?? 0n, short: short ?? 0n, balance, allowance },
      },
    ];
  });
  return read.sort((a, b) => Number(a.band.first_day - b.band.first_day));
}

interface Created extends Band {
  readonly series: bigint;
  readonly metric: bigint;
  readonly token: Address;
}

/** A trade of an account, as the vault says. */
export interface Traded {
  readonly series: bigint;
  readonly isBuy: boolean;
  readonly priceTicks: bigint;
  readonly contracts: bigint;
  readonly blockNumber: bigint;
  readonly logIndex: number;
}

type VaultEvent = "SeriesCreated" | "Traded";
type Log = Found<{ blockNumber: bigint; logIndex: number; args: Record<string, unknown> }>;

/** What was found before, by question: only newer blocks, and loose ones, are asked again. */
const found = new WeakMap<Session, Map<string, { logs: Log["logs"]; to: bigint }>>();

async function eventsOf(session: Session, name: VaultEvent, args: Record<string, unknown>) {
  const { forwards, fromBlock } = session.deployment;
  const event = vaultAbi.find((each) => each.type === "event" && each.name === name);
  if (forwards === undefined || event?.type !== "event") return { logs: [], isWhole: true };
  const memory = found.get(session) ?? new Map();
  found.set(session, memory);
  const key = `${name} ${JSON.stringify(args)}`;
  const known = memory.get(key);
  const to = await session.client.getBlockNumber();
  // a chain that is shorter than it was is another one
  const firm = known === undefined || to < known.to ? fromBlock : known.to - LOOSE_BLOCKS;
  const from = firm < fromBlock ? fromBlock : firm;
  const { logs, from: searched } = await searchBack(
    session.client,
    { address: forwards.vault, event, args },
    from,
    to,
  );
  const kept = (known?.logs ?? []).filter((log: Log["logs"][0]) => log.blockNumber < from);
  const all = [...kept, ...(logs as unknown as Log["logs"])];
  const isWhole = searched <= from;
  if (isWhole) memory.set(key, { logs: all, to });
  return { logs: all, isWhole };
}

async function readCreated(session: Session): Promise<readonly Created[]> {
  const { oracle } = session.deployment;
  const { logs } = await eventsOf(session, "SeriesCreated", { index: oracle });
  return logs.map(({ args }) => args as unknown as Created);
}

/** Every trade of an account, the oldest first; `undefined` where the node does not tell of all. */
export async function tradesOfAccount(
  session: Session,
  account: Address,
): Promise<readonly Traded[] | undefined> {
  const sides = await Promise.all(
    (["buyer", "seller"] as const).map(async (side) => {
      const { logs, isWhole } = await eventsOf(session, "Traded", { [side]: account });
      if (!isWhole) return undefined;
      return logs.map(({ args, blockNumber, logIndex }) => ({
        ...{ blockNumber, logIndex, isBuy: side === "buyer" },
        series: args["series"] as bigint,
        priceTicks: args["price_ticks"] as bigint,
        contracts: args["quantity"] as bigint,
      }));
    }),
  );
  const [bought, sold] = sides;
  if (bought === undefined || sold === undefined) return undefined;
  return [...bought, ...sold].sort(
    (a, b) => Number(a.blockNumber - b.blockNumber) || a.logIndex - b.logIndex,
  );
}

/** Orders of a question, where the answer can wait: to write more takes a phone longer than a frame. */
const CHECKED_AT_ONCE = 24;

/** What the book said of an order: at which block, and to whom. */
interface Checked {
  readonly at: string;
  readonly left: bigint;
  readonly legs: LiveOrder["legs"] | undefined;
}

const checks = new WeakMap<Session, Map<Hex, Checked>>();

/**
 * The orders that can be filled now, by whomever: the chain is asked once a block for what is left
 * of each and, where they follow the index, at what prices. An order that is not for everybody, or
 * that the book refuses, is left out.
 */
export async function readLive(
  session: Session,
  told: readonly ToldOrder[],
  account: Address | undefined,
): Promise<readonly LiveOrder[]> {
  const { reader, deployment } = session;
  const { forwards } = deployment;
  if (forwards === undefined) return [];
  const mine = account ?? zeroAddress;
  const at = `${head.peek()?.hash} ${mine}`;
  const meant = told.filter(({ order }) => order.taker === zeroAddress || order.taker === mine);
  const known = checks.get(session);
  const fresh = meant.filter(({ hash }) => known?.get(hash)?.at !== at);
  const asked = fresh.map(({ order, signature }) => {
    // who asks must not be the maker; the book's own answer is the same for everybody else
    const other = order.maker === mine ? forwards.vault : (account ?? forwards.vault);
    const left = view(forwards.book, bookAbi, "check_order", [order as never, signature, other]);
    const priced = view(forwards.book, bookAbi, "priced_legs", [order as never], LEGS_BYTES);
    return order.pegs.length === 0 ? { left } : { left, priced };
  });
  // who waits for a first answer gets it at once; later ones come while the page is used
  const size = known === undefined ? asked.length : CHECKED_AT_ONCE;
  const answers: Answered[] = [];
  for (let begin = 0; begin < asked.length; begin += size)
    answers.push(...(await reader.readSets(asked.slice(begin, begin + size))));
  const checked = new Map([...(known ?? [])].filter(([, each]) => each.at === at));
  for (const [i, { hash, order }] of fresh.entries()) {
    const { left = 0n, priced } = answers[i] ?? {};
    const legs = order.pegs.length === 0 ? order.legs : priced;
    checked.set(hash, { at, left, legs });
  }
  checks.set(session, checked);
  return meant.flatMap(({ order, signature, hash, covered }) => {
    const { left = 0n, legs } = checked.get(hash) ?? {};
    const open = min(left, covered);
    return open === 0n || legs === undefined ? [] : [{ order, signature, hash, left: open, legs }];
  });
}

interface Answered {
  readonly left?: bigint | undefined;
  readonly priced?: LiveOrder["legs"] | undefined;
}
