// SPDX-License-Identifier: AGPL-3.0-only
// What a forward costs and can bring, in the contract's integers. Both sides are paid in full: what
// is locked is the most that can be lost, and together it is what the winner can get.

import { max, min } from "./units";

/** A contract: what one of it comes to. */
export interface Band {
  readonly first_day: bigint;
  readonly end_day: bigint;
  readonly floor_ticks: bigint;
  readonly cap_ticks: bigint;
  /** [base units per tick per day] */
  readonly tick_value: bigint;
}

/** A side of a trade at a price, for some contracts [base units]. */
export interface Stake {
  /** Paid in, and the most that can be lost. */
  readonly locked: bigint;
  /** The most that can be gained beyond what was paid in. */
  readonly mostGained: bigint;
}

/** What one LONG and one SHORT are worth [base units]; together they are what a pair costs. */
export interface Payouts {
  readonly long: bigint;
  readonly short: bigint;
}

/** How far a window has come. */
export interface Progress {
  /** Days of it that are final. */
  readonly days: bigint;
  /** The metric over these days [1e18]. */
  readonly sum: bigint;
}

/** [base units] that a tick of the mean is worth to one contract. */
export function tickWorth({ first_day, end_day, tick_value }: Band): bigint {
  return (end_day - first_day) * tick_value;
}

/** Whether a price can be traded. */
export function isInBand({ floor_ticks, cap_ticks }: Band, priceTicks: bigint): boolean {
  return priceTicks >= floor_ticks && priceTicks <= cap_ticks;
}

/** What a side locks and can gain; `undefined` for a price outside of the band. */
export function stakeOf(
  band: Band,
  isBuy: boolean,
  priceTicks: bigint,
  contracts: bigint,
): Stake | undefined {
  if (!isInBand(band, priceTicks)) return undefined;
  const below = contracts * tickWorth(band) * (priceTicks - band.floor_ticks);
  const above = contracts * tickWorth(band) * (band.cap_ticks - priceTicks);
  return isBuy ? { locked: below, mostGained: above } : { locked: above, mostGained: below };
}

/** What a side pays [base units], below zero if it receives, where some contracts close its own. */
export function legPayment(
  band: Band,
  isBuy: boolean,
  priceTicks: bigint,
  contracts: bigint,
  closed: bigint,
): bigint {
  const own = isBuy ? priceTicks - band.floor_ticks : band.cap_ticks - priceTicks;
  const other = band.cap_ticks - band.floor_ticks - own;
  return tickWorth(band) * ((contracts - closed) * own - closed * other);
}

/** Settle a window whose days came to a sum [1e18]; `scale` is a tick's. */
export function payouts(band: Band, scale: bigint, sum: bigint): Payouts {
  const days = band.end_day - band.first_day;
  // one floor, in favour of SHORT: the vault's
  const gross = (sum * band.tick_value) / scale;
  const low = days * band.floor_ticks * band.tick_value;
  const high = days * band.cap_ticks * band.tick_value;
  const long = min(max(gross, low), high) - low;
  return { long, short: high - low - long };
}

/** Value a window whose days to come all bring the same [1e18 a day]. */
export function valued(band: Band, scale: bigint, { days, sum }: Progress, each: bigint): Payouts {
  return payouts(band, scale, sum + (band.end_day - band.first_day - days) * each);
}
