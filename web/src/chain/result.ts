// SPDX-License-Identifier: AGPL-3.0-only
// What an account paid for tokens on the spot market, and what it earned with a series since.

import { type Address, getAbiItem } from "viem";
import { spotAbi } from "../generated/abi_spot";
import { max } from "../model/units";
import { searchBack } from "./events";
import { readHistory } from "./history";
import { type Money, readMoneys } from "./offering";
import { readList } from "./registry";
import { readSeries, type Series } from "./series";
import { now, type Session } from "./session";

const TRADED = getAbiItem({ abi: spotAbi, name: "Traded" });

/** What an account did with one series against one money, over all its trades [base units]. */
export interface Dealing {
  readonly series: Series;
  readonly money: Money;
  readonly bought: bigint;
  readonly paid: bigint;
  readonly sold: bigint;
  readonly received: bigint;
}

/** An account's trades, summed up. */
export interface Dealings {
  readonly dealings: readonly Dealing[];
  /** The node told of all there are. */
  readonly isWhole: boolean;
}

/** Sum up an account's trades, as far back as the node tells of them. */
export async function readDealings(session: Session, account: Address): Promise<Dealings> {
  const { spot, fromBlock } = session.deployment;
  if (spot === undefined) return { dealings: [], isWhole: true };
  const newest = await session.client.getBlockNumber();
  const [buys, sales] = await Promise.all(
    [{ buyer: account }, { seller: account }].map((args) =>
      searchBack(session.client, { address: spot.market, event: TRADED, args }, fromBlock, newest),
    ),
  );
  const sums = new Map<string, Sum>();
  const add = (isBuy: boolean, { token, money, quantity, cost }: Traded) => {
    const key = `${token} ${money}`;
    const sum = sums.get(key) ?? { token, money, bought: 0n, paid: 0n, sold: 0n, received: 0n };
    sums.set(
      key,
      isBuy
        ? { ...sum, bought: sum.bought + quantity, paid: sum.paid + cost }
        : { ...sum, sold: sum.sold + quantity, received: sum.received + cost },
    );
  };
  for (const { args } of buys?.logs ?? []) add(true, args as Traded);
  for (const { args } of sales?.logs ?? []) add(false, args as Traded);
  const all = [...sums.values()];
  const list = await readList(session);
  const [series, moneys] = await Promise.all([
    readSeries(
      session,
      list.filter(({ token }) => all.some((each) => each.token === token)),
    ),
    readMoneys(
      session,
      account,
      all.map(({ money }) => money),
    ),
  ]);
  const dealings = all.flatMap(({ token, money: coin, ...sum }) => {
    const of = series.find((each) => each.token === token);
    const money = moneys.get(coin);
    return of && money ? [{ series: of, money, ...sum }] : [];
  });
  return { dealings, isWhole: [buys, sales].every((found) => (found?.from ?? 0n) <= fromBlock) };
}

type Sum = Omit<Dealing, "series" | "money"> & Pick<Traded, "token" | "money">;

interface Traded {
  readonly token: Address;
  readonly money: Address;
  readonly quantity: bigint;
  readonly cost: bigint;
}

/** What an account has earned with a series up to now. */
export interface Earned {
  /** [base units] claimed or not */
  readonly amount: bigint;
  /** [TH·s, 18 dec] the most work that it had on a day */
  readonly mostWork: bigint;
}

/** Add up all days of an account in a series. */
export async function readEarned(
  session: Session,
  series: Series,
  account: Address,
): Promise<Earned> {
  const at = BigInt(now.peek());
  const { earned, days } = await readHistory(session, series, account, at, () => undefined);
  return { amount: earned, mostWork: days.map(({ work }) => work).reduce(max, 0n) };
}
