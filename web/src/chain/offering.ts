// SPDX-License-Identifier: AGPL-3.0-only
// Rounds of the primary sale, as they stand, and what an account bought in any of them.

import { type Address, erc20Abi, zeroAddress } from "viem";
import { oracleAbi } from "../generated/abi";
import { offeringAbi } from "../generated/abi_offering";
import { NodeError, view } from "./reader";
import { readList } from "./registry";
import { readSeries, type Series } from "./series";
import { chainKnown, now, type Session } from "./session";

/** Rounds that are shown besides the account's own: the newest. */
const MAX_SHOWN = 60n;
const MAX_SYMBOL = 32;

const roundOf = (offering: Address) => view(offering, offeringAbi, "round_of", [0n]);
type Answered<T> = T extends { answer?: infer A } ? Exclude<A, undefined> : never;
type RoundTerms = Answered<ReturnType<typeof roundOf>>;

/** What a round is paid in. */
export interface Money {
  readonly address: Address;
  readonly symbol: string;
  readonly decimals: number;
  /** [base units] that the account has */
  readonly balance: bigint;
}

/** Why nothing can be bought in a round now. */
export type Closed = "over" | "sold" | "owes" | "ends" | "price";

/** A round as it stands. */
export interface Round {
  readonly number: bigint;
  readonly terms: RoundTerms;
  readonly series: Series;
  readonly money: Money;
  /** [money base units per TH/s] now; `undefined` where the index is silent */
  readonly price: bigint | undefined;
  readonly closed: Closed | undefined;
  readonly deliveredDays: bigint;
  readonly isInDefault: boolean;
  /** [money base units] paid, and [TH/s, 18 dec] bought, by the account and not handed back */
  readonly paid: bigint;
  readonly bought: bigint;
  /** [TH/s, 18 dec] that the account has of the series' token */
  readonly held: bigint;
}

/** The newest rounds, newest first, and before them those in which the account bought. */
export async function readRounds(
  session: Session,
  account: Address | undefined,
): Promise<readonly Round[]> {
  const { offering } = session.deployment;
  if (offering === undefined) return [];
  const { count } = await session.reader.read({
    count: view(offering, offeringAbi, "round_count", []),
  });
  if (count === undefined) throw new NodeError("the offering does not answer");
  const numbers = Array.from({ length: Number(count) }, (_, i) => count - BigInt(i));
  const buyer = account ?? zeroAddress;
  const [purchases, listings] = await Promise.all([
    // of all rounds: what was bought long ago is not forgotten
    account === undefined
      ? []
      : session.reader.readSets(
          numbers.map((number) => ({
            bought: view(offering, offeringAbi, "purchase_of", [number, buyer]),
          })),
        ),
    readList(session),
    chainKnown(),
  ]);
  const isMine = (i: number) => (purchases[i]?.bought?.bought_ths ?? 0n) > 0n;
  const wanted = numbers.filter((number, i) => isMine(i) || number > count - MAX_SHOWN);
  const answers = await session.reader.readSets(
    wanted.map((number) => ({
      terms: view(offering, offeringAbi, "round_of", [number]),
      price: view(offering, offeringAbi, "price_of", [number]),
      standing: view(offering, offeringAbi, "standing_of", [number]),
      bought: view(offering, offeringAbi, "purchase_of", [number, buyer]),
    })),
  );
  const terms = answers.flatMap(({ terms }) => terms ?? []);
  const sold = new Set(terms.map((each) => each.series));
  const [moneys, held, series] = await Promise.all([
    readMoneys(
      session,
      buyer,
      terms.map((each) => each.money),
    ),
    readHeld(
      session,
      buyer,
      terms.map((each) => each.token),
    ),
    readSeries(
      session,
      listings.filter(({ address }) => sold.has(address)),
    ),
  ]);
  const known = new Map(series.map((each) => [each.address, each]));
  return wanted.flatMap((number, i) => {
    const { terms, price, standing, bought } = answers[i] ?? {};
    const of = terms && known.get(terms.series);
    const money = terms && moneys.get(terms.money);
    if (!terms || !of || !money || !standing || !bought) return [];
    return {
      ...{ number, terms, series: of, money, price },
      closed: closedBy(terms, of, price),
      deliveredDays: standing[0],
      isInDefault: standing[1],
      paid: bought.paid,
      bought: bought.bought_ths,
      held: held.get(terms.token) ?? 0n,
    };
  });
}

/** The contract's own reasons, in its order. */
function closedBy(
  terms: RoundTerms,
  { progress }: Series,
  price: bigint | undefined,
): Closed | undefined {
  if (BigInt(now.peek()) >= terms.closes_at) return "over";
  if (terms.unsold_ths === 0n) return "sold";
  if (progress.repaid_shortfalls !== progress.shortfalls) return "owes";
  if (terms.first_day + terms.delivery_days > progress.end_day) return "ends";
  return price === undefined ? "price" : undefined;
}

/** What moneys are, and what an account has of each. */
export async function readMoneys(
  { reader }: Session,
  account: Address,
  all: readonly Address[],
): Promise<Map<Address, Money>> {
  const addresses = [...new Set(all)];
  const answers = await reader.readSets(
    addresses.map((address) => ({
      symbol: view(address, erc20Abi, "symbol", []),
      decimals: view(address, erc20Abi, "decimals", []),
      balance: view(address, erc20Abi, "balanceOf", [account]),
    })),
  );
  return new Map(
    addresses.flatMap((address, i) => {
      const { symbol = "", decimals, balance = 0n } = answers[i] ?? {};
      if (decimals === undefined) return [];
      return [[address, { address, symbol: symbol.slice(0, MAX_SYMBOL), decimals, balance }]];
    }),
  );
}

/** What an account has of tokens [18 dec]. */
export async function readHeld(
  { reader }: Session,
  account: Address,
  all: readonly Address[],
): Promise<Map<Address, bigint>> {
  const tokens = [...new Set(all)];
  const answers = await reader.readSets(
    tokens.map((token) => ({ held: view(token, erc20Abi, "balanceOf", [account]) })),
  );
  return new Map(tokens.map((token, i) => [token, answers[i]?.held ?? 0n]));
}

/** The height of the last block of a day; `undefined` if it is not reported. */
export async function readHeight(
  { reader, deployment: { oracle } }: Session,
  day: bigint,
): Promise<bigint | undefined> {
  const { record } = await reader.read({ record: view(oracle, oracleAbi, "day_record", [day]) });
  return record === undefined || record.final_at === 0n ? undefined : record.last_height;
}
