// SPDX-License-Identifier: AGPL-3.0-only
// Forwards of the vault that this page knows: every contract on the deployment's own index, its
// book as a relay tells it, and what an account has. What a relay says is checked with the chain
// before anybody signs: `liveOrders`.

import { type Address, erc20Abi, zeroAddress } from "viem";
import { bookAbi, vaultAbi } from "../generated/abi_forwards";
import type { Band } from "../model/forward";
import {
  type Level,
  levelsOf,
  type Order,
  ordersOf,
  type SignedOrder,
} from "../model/relay_answer";
import type { ForwardsPlace } from "../settings/deployment";
import { searchBack } from "./events";
import { view } from "./reader";
import { chainKnown, type Session } from "./session";

const DEPTH = 20;
const MAX_ORDERS = 50;
const RELAY_MS = 8_000;
const MAX_SYMBOL = 32;

/** A contract as it stands. */
export interface Forward {
  /** Its number, which is that of its LONG; SHORT is the next one. */
  readonly id: bigint;
  readonly metric: bigint;
  readonly band: Band;
  readonly token: Address;
  readonly symbol: string;
  readonly decimals: number;
  readonly openInterest: bigint;
  /** [tick] of the newest final day; `undefined` where the index is silent */
  readonly index: bigint | undefined;
  readonly isDue: boolean;
  /** [contracts] that the account has */
  readonly long: bigint;
  readonly short: bigint;
  /** [base units] of the token that the account has, and lets the vault take */
  readonly balance: bigint;
  readonly allowance: bigint;
}

/** A contract's book as the relay tells it; `undefined` where it does not answer. */
export interface Book {
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

/** The contracts on the deployment's own index, by window. */
export async function readForwards(
  session: Session,
  account: Address | undefined,
): Promise<readonly Forward[]> {
  const { forwards, oracle, fromBlock } = session.deployment;
  if (forwards === undefined) return [];
  const event = vaultAbi.find((each) => each.type === "event" && each.name === "SeriesCreated");
  if (event?.type !== "event") return [];
  const newest = await session.client.getBlockNumber();
  const search = { address: forwards.vault, event, args: { index: oracle } };
  const { logs } = await searchBack(session.client, search, fromBlock, newest);
  await chainKnown();
  const holder = account ?? zeroAddress;
  const created = logs.map(({ args }) => args as unknown as Created);
  const answers = await session.reader.readSets(
    created.map(({ series, token }) => ({
      open: view(forwards.vault, vaultAbi, "open_interest", [series]),
      mean: view(forwards.vault, vaultAbi, "mean_of_last", [series, 1n]),
      outcome: view(forwards.vault, vaultAbi, "outcome_of", [series]),
      long: view(forwards.vault, vaultAbi, "balanceOf", [holder, series]),
      short: view(forwards.vault, vaultAbi, "balanceOf", [holder, series + 1n]),
      symbol: view(token, erc20Abi, "symbol", []),
      decimals: view(token, erc20Abi, "decimals", []),
      balance: view(token, erc20Abi, "balanceOf", [holder]),
      allowance: view(token, erc20Abi, "allowance", [holder, forwards.vault]),
    })),
  );
  const read = created.flatMap((band, i): Forward[] => {
    const { open, mean, outcome, long, short, symbol = "", decimals } = answers[i] ?? {};
    if (open === undefined || decimals === undefined) return [];
    return [
      {
        ...{ id: band.series, metric: band.metric, band, token: band.token, decimals },
        symbol: symbol.slice(0, MAX_SYMBOL),
        openInterest: open,
        index: mean?.[0],
        isDue: outcome?.is_due ?? false,
        ...{ long: long ?? 0n, short: short ?? 0n },
        ...{ balance: answers[i]?.balance ?? 0n, allowance: answers[i]?.allowance ?? 0n },
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

/** Ask the relay for what each price of a contract offers; `undefined` where it does not answer. */
export async function readBook({ relay }: ForwardsPlace, id: bigint): Promise<Book | undefined> {
  const document = await ask(`${relay}/book/${id}?depth=${DEPTH}`);
  if (document === undefined) return undefined;
  return { bids: levelsOf(document, "buy"), asks: levelsOf(document, "sell") };
}

/** An order that the chain says can be filled now. */
export interface LiveOrder extends SignedOrder {
  /** [contracts] left of it */
  readonly left: bigint;
}

/** Orders of a side that can be filled now by an account, best price first: the chain is asked. */
export async function liveOrders(
  session: Session,
  id: bigint,
  side: "buy" | "sell",
  account: Address,
): Promise<readonly LiveOrder[]> {
  const { forwards, chain } = session.deployment;
  if (forwards === undefined) return [];
  const url = `${forwards.relay}/orders?market=${id}&side=${side}&limit=${MAX_ORDERS}`;
  const told = ordersOf(await ask(url), chain.id, forwards.book);
  const answers = await session.reader.readSets(
    told.map(({ order, signature }) => ({
      left: view(forwards.book, bookAbi, "check_order", [order as never, signature, account]),
    })),
  );
  const live = told.flatMap((each, i) => {
    const left = answers[i]?.left ?? 0n;
    const leg = each.order.legs[0];
    const isWanted = leg?.series === id && leg.is_buy === (side === "buy") && leg.ratio === 1n;
    return isWanted && left > 0n && each.order.maker !== account ? [{ ...each, left }] : [];
  });
  const better = side === "sell" ? 1 : -1;
  return live.sort((a, b) => better * Number(priceOf(a.order) - priceOf(b.order)));
}

/** The fixed price [tick] of an order of one leg. */
export function priceOf({ legs }: Order): bigint {
  return legs[0]?.price_ticks ?? 0n;
}

/** Orders of an account that the relay still lists. */
export async function ordersOfMaker(
  { deployment: { forwards, chain } }: Session,
  account: Address,
): Promise<readonly SignedOrder[]> {
  if (forwards === undefined) return [];
  return ordersOf(await ask(`${forwards.relay}/orders?maker=${account}`), chain.id, forwards.book);
}

/** Hand a signed order to the relay; the relay's reason where it refuses. */
export async function submitOrder(
  { deployment: { forwards, chain } }: Session,
  { order, signature }: SignedOrder,
): Promise<string | undefined> {
  if (forwards === undefined) return "no relay";
  const text = (_: string, value: unknown) => (typeof value === "bigint" ? `${value}` : value);
  const body = JSON.stringify(
    {
      ...{ type: "hashrate-forwards-order", version: 2, chain_id: chain.id },
      ...{ book: forwards.book, order, signature },
    },
    text,
  );
  const response = await fetch(`${forwards.relay}/orders`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
    signal: AbortSignal.timeout(RELAY_MS),
  }).catch(() => undefined);
  if (response?.ok) return undefined;
  const answer: unknown = await response?.json().catch(() => undefined);
  const { error } = (answer ?? {}) as { error?: { message?: unknown } };
  return typeof error?.message === "string" ? error.message : "the relay does not answer";
}

async function ask(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(RELAY_MS) }).catch(
    () => undefined,
  );
  return response?.ok ? response.json().catch(() => undefined) : undefined;
}
