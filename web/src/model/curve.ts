// SPDX-License-Identifier: AGPL-3.0-only
// What a window's prices say beside the index.

import { floorDiv } from "./fraction";

const BPS = 10_000n;

export const METRICS = { sats: 1n, usd: 2n, difficulty: 3n } as const;

/** The mark [tick]: between best bid and best ask, rounded down, else the last trade. */
export function markOf(
  bid: bigint | undefined,
  ask: bigint | undefined,
  last: bigint | undefined,
): bigint | undefined {
  if (bid === undefined || ask === undefined || bid > ask) return last ?? undefined;
  return (bid + ask) / 2n;
}

/** How far a mark is above the index [1e-4], rounded down. */
export function basisBps(mark: bigint, index: bigint): bigint | undefined {
  return index === 0n ? undefined : floorDiv((mark - index) * BPS, index);
}

/**
 * The change of difficulty [1e-4] that a mark implies if nothing else changes: satoshi fall as its
 * inverse, difficulty is itself, and dollars do not tell it from the price of bitcoin.
 */
export function growthBps(metric: bigint, mark: bigint, index: bigint): bigint | undefined {
  if (mark === 0n || index === 0n) return undefined;
  if (metric === METRICS.sats) return floorDiv((index - mark) * BPS, mark);
  return metric === METRICS.difficulty ? floorDiv((mark - index) * BPS, index) : undefined;
}
