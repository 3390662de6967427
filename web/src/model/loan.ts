// SPDX-License-Identifier: AGPL-3.0-only
// How often history would have repaid a note. A loan-to-value says nothing of a loan that is repaid
// by what hashrate earns; the days that were do.

/** [days] before a start whose earnings the size of the loan is measured by */
export const TRAILING_DAYS = 30;

/** What the past says of a note. */
export interface LoanHistory {
  /** First days of a term that lies whole in the past, and on which something was earned. */
  readonly starts: number;
  /** Of them: terms that earned a face of the same size. */
  readonly met: number;
  /** [days] after which half of the terms that earned it had; `undefined`: none did */
  readonly medianDays: number | undefined;
}

/**
 * Let a note begin on every past day. Its face is of the same size everywhere: the same part of
 * what the 30 days before would bring over the term, in exact fractions.
 *
 * @param earned of each past day [base units], oldest first, of some lot
 * @param term [days]
 * @param face [base units] of the same lot
 * @param trailing [base units] of the lot in the 30 days before the note
 */
export function loanHistory(
  earned: readonly bigint[],
  term: number,
  face: bigint,
  trailing: bigint,
): LoanHistory {
  const sums = [0n];
  for (const each of earned) sums.push((sums.at(-1) ?? 0n) + each);
  const between = (first: number, end: number) => (sums[end] ?? 0n) - (sums[first] ?? 0n);
  const spans: number[] = [];
  let starts = 0;
  for (let start = TRAILING_DAYS; start + term <= earned.length; start++) {
    const before = between(start - TRAILING_DAYS, start);
    if (before === 0n) continue; // nobody lends on hashrate that earns nothing
    starts++;
    const isMet = (days: number) => between(start, start + days) * trailing >= face * before;
    if (!isMet(term)) continue;
    let low = 1;
    let high = term;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (isMet(middle)) high = middle;
      else low = middle + 1;
    }
    spans.push(low);
  }
  spans.sort((a, b) => a - b);
  return { starts, met: spans.length, medianDays: spans[Math.floor((spans.length - 1) / 2)] };
}
