// SPDX-License-Identifier: AGPL-3.0-only
// What each settled day gave an account: docs/rules.md 4, in the same integers as the contracts.

import { ceilDiv, max, min } from "./units";

/** A settled day as the reward index sees it. */
export interface IndexedDay {
  readonly day: bigint;
  /** [TH·s, 18 dec] held by all */
  readonly heldWork: bigint;
  /** [base units] paid when it was settled */
  readonly paid: bigint;
}

/** A day that was not paid in full when it was settled. */
export interface ShortDay {
  readonly day: bigint;
  readonly work: bigint;
  readonly owed: bigint;
  readonly repaid: bigint;
}

/** An account's part of a day. */
export interface Share {
  readonly day: bigint;
  /** [TH·s, 18 dec] held by the account */
  readonly work: bigint;
  /** [base units] so that the days up to any day sum to what they entitle to, rounded down once */
  readonly amount: bigint;
}

const PRECISION = 2n ** 128n;

/** Money per work at 2^128 precision, rounded up. */
function rate(amount: bigint, work: bigint): bigint {
  return amount === 0n ? 0n : ceilDiv(amount * PRECISION, work);
}

/** What repayment has added to each short day's rate so far, oldest first. */
function repaidRates(shortDays: readonly ShortDay[], repaidLevel: bigint): Map<bigint, bigint> {
  const rates = new Map<bigint, bigint>();
  let before = 0n;
  for (const short of shortDays) {
    const after = before + rate(short.owed, short.work);
    rates.set(short.day, max(min(after, repaidLevel) - before, 0n));
    before = after;
  }
  return rates;
}

/** Shares of an account in settled days, oldest first; only days on which it held anything. */
export function sharesOf(
  workOn: ReadonlyMap<bigint, bigint>,
  days: readonly IndexedDay[],
  shortDays: readonly ShortDay[],
  repaidLevel: bigint,
): Share[] {
  const repaid = repaidRates(shortDays, repaidLevel);
  const shares: Share[] = [];
  let total = 0n;
  for (const { day, heldWork, paid } of days) {
    const work = workOn.get(day) ?? 0n;
    if (work === 0n || heldWork === 0n) continue;
    const before = total / PRECISION;
    total += work * (rate(paid, heldWork) + (repaid.get(day) ?? 0n));
    shares.push({ day, work, amount: total / PRECISION - before });
  }
  return shares;
}
