// SPDX-License-Identifier: AGPL-3.0-only
// Several orders at once, the best first: the same on every book.

import type { Address } from "viem";
import { min, sum } from "./units";

/** An order as far as taking some of it goes. */
export interface Takeable {
  /** What can be taken of it, in the order's units. */
  readonly left: bigint;
  readonly order: { readonly maker: Address; readonly minimum_quantity: bigint };
}

/** A part of an order that is to be taken. */
export interface Fill<L extends Takeable> {
  readonly live: L;
  readonly units: bigint;
}

/** Orders of `fill_many`, at most. */
export const MAX_FILLS = 16;

/**
 * Take from the best orders of a side until enough is taken or one is beyond the worst price. Own
 * orders, and those that give less only as a whole, are passed over.
 */
export function takeBest<L extends Takeable>(
  side: readonly L[],
  account: Address | undefined,
  wanted: bigint,
  isBeyond: (live: L) => boolean,
): Fill<L>[] {
  const fills: Fill<L>[] = [];
  let left = wanted;
  for (const live of side) {
    const { order } = live;
    if (left === 0n || isBeyond(live) || fills.length === MAX_FILLS) break;
    const units = min(left, live.left);
    const least = min(order.minimum_quantity, live.left);
    if (order.maker === account || units < least) continue;
    fills.push({ live, units });
    left -= units;
  }
  return fills;
}

/** What several orders together gave less than was wanted of them. */
export interface Shortfall {
  readonly wanted: bigint;
  readonly taken: bigint;
  readonly decimals: number;
  readonly orders: number;
  /** Orders that were passed over. */
  readonly missed: number;
}

/**
 * What was missed: each order gives as much as was wanted of it, or nothing. `undefined` if all was
 * taken.
 */
export function shortfallOf(
  wanted: readonly bigint[],
  taken: readonly bigint[],
  decimals: number,
): Shortfall | undefined {
  const [orders, missed] = [wanted.length, wanted.length - taken.length];
  if (missed === 0) return undefined;
  return { wanted: sum(wanted), taken: sum(taken), decimals, orders, missed };
}
