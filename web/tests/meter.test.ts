// SPDX-License-Identifier: AGPL-3.0-only
import { expect, test } from "vitest";
import { unpackWord, workByDay } from "../src/model/meter";

const DAY = 86_400n;

/** A word in the layout of contracts/series/meter_word.vy. */
function pack(time: bigint, balance: bigint, work: bigint, index: bigint): bigint {
  return time | (balance << 32n) | (work << 128n) | (index << 241n);
}

test("unpackWord__widest_fields__do_not_run_into_each_other", () => {
  const widest = pack(2n ** 32n - 1n, 2n ** 96n - 1n, 2n ** 113n - 1n, 2n ** 15n - 1n);

  const word = unpackWord(widest);

  const left = DAY - ((2n ** 32n - 1n) % DAY);
  expect(widest).toBe(2n ** 256n - 1n);
  expect(word.balance).toBe(2n ** 96n - 1n);
  expect(word.workOfDay).toBe(2n ** 113n - 1n + (2n ** 96n - 1n) * left);
  expect(word.index).toBe(2n ** 15n - 1n);
});

test("unpackWord__touched_at_noon__counts_the_rest_of_the_day", () => {
  const word = unpackWord(pack(10n * DAY + DAY / 2n, 6n, 100n, 3n));

  expect(word).toEqual({ day: 10n, balance: 6n, workOfDay: 100n + 6n * (DAY / 2n), index: 3n });
});

test("workByDay__days_between_touches__hold_the_balance_all_day", () => {
  const words = [
    unpackWord(pack(10n * DAY + DAY / 2n, 6n, 0n, 0n)),
    unpackWord(pack(13n * DAY, 0n, 0n, 1n)),
  ];

  const work = workByDay(words, 9n, 15n);

  expect([...work]).toEqual([
    [10n, 3n * DAY],
    [11n, 6n * DAY],
    [12n, 6n * DAY],
  ]);
});

test("workByDay__range_begins_after_a_touch__knows_the_balance", () => {
  const words = [unpackWord(pack(10n * DAY, 6n, 0n, 0n))];

  expect([...workByDay(words, 12n, 13n)]).toEqual([[12n, 6n * DAY]]);
});
