// SPDX-License-Identifier: AGPL-3.0-only
// What a contract would pay if the days to come were otherwise than the newest one.

import { METRICS } from "./curve";
import { type Band, type Payouts, type Progress, valued } from "./forward";
import { Fraction, ONE } from "./fraction";

/** How the days to come differ from the newest one, each as a factor. */
export interface Scenario {
  readonly difficulty: Fraction;
  /** Bitcoin's price in dollars. */
  readonly bitcoin: Fraction;
  /** What the same work earns: subsidy and fees. */
  readonly revenue: Fraction;
}

export const SAME: Scenario = { difficulty: ONE, bitcoin: ONE, revenue: ONE };

/** A contract as far as its value depends on the days to come. */
export interface Valued {
  readonly metric: bigint;
  readonly scale: bigint;
  readonly band: Band;
  readonly progress: Progress;
  readonly outcome: Payouts | undefined;
}

/** A factor of so many percent more or less. */
export function percentMore(percent: bigint): Fraction {
  return new Fraction(100n + percent, 100n);
}

/** The factor of a metric in a scenario; satoshi earned fall as difficulty rises. */
function factorOf(metric: bigint, { difficulty, bitcoin, revenue }: Scenario): Fraction {
  if (metric === METRICS.difficulty) return difficulty;
  const sats = revenue.by(difficulty);
  return metric === METRICS.usd ? sats.times(bitcoin) : sats;
}

/** What one LONG and one SHORT are worth if each day to come brings a price [tick], changed so. */
export function valueAt(forward: Valued, ticks: bigint, scenario: Scenario): Payouts {
  const { metric, scale, band, progress, outcome } = forward;
  if (outcome !== undefined) return outcome;
  // a day's metric is whole: one floor, as the oracle's
  const each = factorOf(metric, scenario)
    .times(new Fraction(ticks * scale))
    .floor();
  return valued(band, scale, progress, each);
}
