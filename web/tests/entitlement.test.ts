// SPDX-License-Identifier: AGPL-3.0-only
import { expect, test } from "vitest";
import { type IndexedDay, sharesOf } from "../src/model/entitlement";

const PRECISION = 2n ** 128n;

function day(index: bigint, heldWork: bigint, paid: bigint): IndexedDay {
  return { day: index, heldWork, paid };
}

test("sharesOf__thirds_of_a_satoshi__add_up_to_the_whole", () => {
  const days = [day(1n, 3n, 1n), day(2n, 3n, 1n), day(3n, 3n, 1n)];
  const work = new Map([1n, 2n, 3n].map((each) => [each, 1n]));

  const shares = sharesOf(work, days, [], 0n);

  expect(shares.map(({ amount }) => amount)).toEqual([0n, 0n, 1n]);
});

test("sharesOf__days_without_hashrate__are_left_out", () => {
  const shares = sharesOf(new Map([[2n, 5n]]), [day(1n, 5n, 9n), day(2n, 5n, 9n)], [], 0n);

  expect(shares).toEqual([{ day: 2n, work: 5n, amount: 9n }]);
});

test("sharesOf__short_days__are_repaid_oldest_first", () => {
  const days = [day(1n, 2n, 0n), day(2n, 2n, 4n)];
  const short = [
    { day: 1n, work: 2n, owed: 10n, repaid: 10n },
    { day: 2n, work: 2n, owed: 6n, repaid: 2n },
  ];
  const level = 5n * PRECISION + 1n * PRECISION;
  const work = new Map([
    [1n, 1n],
    [2n, 1n],
  ]);

  const shares = sharesOf(work, days, short, level);

  expect(shares.map(({ amount }) => amount)).toEqual([5n, 2n + 1n]);
});

test("sharesOf__nothing_repaid__counts_what_was_paid", () => {
  const short = [{ day: 1n, work: 2n, owed: 10n, repaid: 0n }];

  const shares = sharesOf(new Map([[1n, 2n]]), [day(1n, 2n, 3n)], short, 0n);

  expect(shares.map(({ amount }) => amount)).toEqual([3n]);
});
