// SPDX-License-Identifier: AGPL-3.0-only
// What history says of a note: the oracle's own days, by the terms of the note's series.

import { fullDay } from "../model/figures";
import { type LoanHistory, loanHistory, TRAILING_DAYS } from "../model/loan";
import { LOT_THS } from "../model/payback";
import { sum, WAD } from "../model/units";
import { readPast } from "./past";
import type { Tranches } from "./products";
import type { Session } from "./session";

/** What the past says, and how large the loan is. */
export interface LoanPast extends LoanHistory {
  /** [bps] the face, of what the 30 days before would bring over the term */
  readonly sizeBps: bigint;
  /** Days of the oracle that were looked at. */
  readonly days: number;
}

/** Measure a note by history; `undefined` where the oracle has less than 30 days before it. */
export async function readLoanPast(
  session: Session,
  { series, terms }: Tranches,
): Promise<LoanPast | undefined> {
  const past = await readPast(session);
  if (past === undefined) return undefined;
  const { first, nextDay, days } = past;
  const earned = days.map((day) => fullDay(series.terms, day, LOT_THS, series.basePerSat).reward);
  const before = Number((terms.start_day < nextDay ? terms.start_day : nextDay) - first);
  if (before < TRAILING_DAYS || earned.length < before) return undefined;
  const trailing = sum(earned.slice(before - TRAILING_DAYS, before));
  const term = terms.maturity_day - terms.start_day;
  const face = (terms.face * LOT_THS) / WAD;
  if (trailing === 0n) return undefined;
  return {
    ...loanHistory(earned, Number(term), face, trailing),
    sizeBps: (face * BigInt(TRAILING_DAYS) * 10_000n) / (trailing * term),
    days: earned.length,
  };
}
