// SPDX-License-Identifier: AGPL-3.0-only
// The book of a contract, made of orders: those of several relays by their hash, each once.

import type { Address, Hex } from "viem";
import type { Leg, SignedOrder } from "./forward_order";
import type { ToldOrder } from "./relay_answer";
import { type Fill as Taken, takeBest } from "./sweep";

/** An order that the chain says can be filled now. */
export interface LiveOrder extends SignedOrder {
  readonly hash: Hex;
  /** [units] that can be taken of it */
  readonly left: bigint;
  /** Its legs at present prices. */
  readonly legs: readonly Leg[];
}

/** What stands at a price. */
export interface Rung {
  readonly priceTicks: bigint;
  /** [contracts] */
  readonly contracts: bigint;
  /** [contracts] of them the account's own */
  readonly own: bigint;
}

/** Both sides of a contract, best price first. */
export interface Sides {
  readonly bids: readonly LiveOrder[];
  readonly asks: readonly LiveOrder[];
}

/** Orders of several relays, each once, with the most that one of them says is covered. */
export function united(answers: readonly (readonly ToldOrder[])[]): ToldOrder[] {
  const byHash = new Map<Hex, ToldOrder>();
  for (const told of answers.flat()) {
    const known = byHash.get(told.hash);
    if (known === undefined || known.covered < told.covered) byHash.set(told.hash, told);
  }
  return [...byHash.values()];
}

/**
 * Of some orders those of an account's own, as far as they are not filled: what nothing covers now is
 * open all the same, and can be filled when something does.
 */
export function openOf(told: readonly ToldOrder[], account: Address | undefined): ToldOrder[] {
  return told
    .filter(({ order }) => order.maker === account)
    .map((each) => ({ ...each, covered: each.order.quantity }));
}

/** Orders of one leg of a series, by side and price; equal prices in the order they came. */
export function sidesOf(orders: readonly LiveOrder[], series: bigint): Sides {
  const single = orders.filter(({ legs }) => legs.length === 1 && legs[0]?.series === series);
  const sorted = (isBuy: boolean) =>
    single
      .filter(({ legs }) => legs[0]?.is_buy === isBuy)
      .sort((a, b) => compare(priceOf(a), priceOf(b)) * (isBuy ? -1 : 1));
  return { bids: sorted(true), asks: sorted(false) };
}

/** The first prices of a side. */
export function rungsOf(
  side: readonly LiveOrder[],
  account: Address | undefined,
  depth: number,
): Rung[] {
  const rungs = new Map<bigint, Rung>();
  for (const live of side) {
    const priceTicks = priceOf(live);
    const rung = rungs.get(priceTicks) ?? { priceTicks, contracts: 0n, own: 0n };
    const own = live.order.maker === account ? live.left : 0n;
    rungs.set(priceTicks, {
      ...{ priceTicks, contracts: rung.contracts + live.left, own: rung.own + own },
    });
  }
  return [...rungs.values()].slice(0, depth);
}

/** The price [tick] of an order of one leg. */
export function priceOf({ legs }: Pick<LiveOrder, "legs">): bigint {
  return legs[0]?.price_ticks ?? 0n;
}

/** A part of an order that is to be taken [units]. */
export type Fill = Taken<LiveOrder>;

/** Take from the best prices of a side until enough is taken or the worst price is reached. */
export function sweep(
  side: readonly LiveOrder[],
  account: Address | undefined,
  wanted: bigint,
  worstTicks: bigint,
): Fill[] {
  return takeBest(side, account, wanted, (live) =>
    live.legs[0]?.is_buy ? priceOf(live) < worstTicks : priceOf(live) > worstTicks,
  );
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
