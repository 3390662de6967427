// SPDX-License-Identifier: AGPL-3.0-only
import { expect, test } from "vitest";
import { loanHistory } from "../src/model/loan";

const STEADY = Array.from({ length: 100 }, () => 10n);

test("loanHistory__steady_days__are_met_on_the_day_that_reaches_the_face", () => {
  // 300 in the 30 days before, 50 days: 45 % of 500 is 225, reached on the 23rd day
  expect(loanHistory(STEADY, 50, 225n, 300n)).toEqual({ starts: 21, met: 21, medianDays: 23 });
  expect(loanHistory(STEADY, 50, 500n, 300n).met).toBe(21);
  const short = loanHistory(STEADY, 50, 501n, 300n);
  expect(short).toEqual({ starts: 21, met: 0, medianDays: undefined });
});

test("loanHistory__earnings_that_halve__fail_where_the_fall_lies_in_the_term", () => {
  const days = [...Array.from({ length: 60 }, () => 20n), ...Array.from({ length: 60 }, () => 10n)];
  // the term of 30 days must bring 80 % of the 30 before: 480 of 600 where nothing fell before
  const found = loanHistory(days, 30, 240n, 300n);
  const brute = Array.from({ length: 61 }, (_, i) => i + 30).filter((start) => {
    const sum = (from: number, to: number) => days.slice(from, to).reduce((a, b) => a + b, 0n);
    return sum(start, start + 30) * 300n >= 240n * sum(start - 30, start);
  });
  expect(found.starts).toBe(61);
  expect(found.met).toBe(brute.length);
  expect(0 < found.met && found.met < 61).toBe(true);
});

test("loanHistory__too_little_history__has_no_starts", () => {
  expect(loanHistory(STEADY.slice(0, 79), 50, 1n, 300n).starts).toBe(0);
});

test("loanHistory__days_that_earned_nothing__count_as_no_start", () => {
  expect(
    loanHistory(
      Array.from({ length: 100 }, () => 0n),
      10,
      1n,
      300n,
    ).starts,
  ).toBe(0);
});
