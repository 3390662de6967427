// SPDX-License-Identifier: AGPL-3.0-only
// What a forward costs and can bring, in the contract's integers. Both sides are paid in full: what
// is locked is the most that can be lost, and together it is what the winner can get.

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

/** [base units] that a tick of the mean is worth to one contract. */
export function tickWorth({ first_day, end_day, tick_value }: Band): bigint {
  return (end_day - first_day) * tick_value;
}

/** What a side locks and can gain; `undefined` for a price outside of the band. */
export function stakeOf(
  band: Band,
  isBuy: boolean,
  priceTicks: bigint,
  contracts: bigint,
): Stake | undefined {
  if (priceTicks < band.floor_ticks || priceTicks > band.cap_ticks) return undefined;
  const below = contracts * tickWorth(band) * (priceTicks - band.floor_ticks);
  const above = contracts * tickWorth(band) * (band.cap_ticks - priceTicks);
  return isBuy ? { locked: below, mostGained: above } : { locked: above, mostGained: below };
}
