// SPDX-License-Identifier: AGPL-3.0-only
import { expect, test } from "vitest";
import { stakeOf } from "../src/model/forward";
import { levelsOf, ordersOf } from "../src/model/relay_answer";

const BAND = {
  first_day: 100n,
  end_day: 130n,
  floor_ticks: 2_000n,
  cap_ticks: 8_000n,
  tick_value: 2n,
};
const BOOK = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
const ORDER = {
  maker: BOOK,
  taker: "0x0000000000000000000000000000000000000000",
  quantity: "10",
  minimum_quantity: "1",
  max_collateral: "1000",
  deadline: "1800000000",
  may_trade_in_window: false,
  epoch: "0",
  salt: "1",
  legs: [{ series: "1234", is_buy: true, price_ticks: "5000", ratio: "1" }],
  pegs: [],
};

function told(changes: Record<string, unknown> = {}, around: Record<string, unknown> = {}) {
  const order = { ...ORDER, ...changes };
  return {
    orders: [{ signed_order: { chain_id: 1, book: BOOK, order, signature: "0x12", ...around } }],
  };
}

test("stakeOf__both_sides__lock_a_pair_together", () => {
  const buy = stakeOf(BAND, true, 5_000n, 10n);
  const sell = stakeOf(BAND, false, 5_000n, 10n);
  expect(buy).toEqual({ locked: 10n * 30n * 2n * 3_000n, mostGained: 10n * 30n * 2n * 3_000n });
  expect((buy?.locked ?? 0n) + (sell?.locked ?? 0n)).toBe(10n * 30n * 2n * 6_000n);
  expect(stakeOf(BAND, true, 2_000n, 1n)).toEqual({ locked: 0n, mostGained: 360_000n });
  expect(stakeOf(BAND, true, 1_999n, 1n)).toBeUndefined();
  expect(stakeOf(BAND, false, 8_001n, 1n)).toBeUndefined();
});

test("ordersOf__an_order_of_this_book__is_read_exactly", () => {
  const [read] = ordersOf(told(), 1, BOOK);
  expect(read?.order.max_collateral).toBe(1_000n);
  expect(read?.order.legs).toEqual([
    { series: 1_234n, is_buy: true, price_ticks: 5_000n, ratio: 1n },
  ]);
});

test.each([
  ["another chain", told({}, { chain_id: 2 })],
  ["another book", told({}, { book: ORDER.taker })],
  ["a number that is none", told({ quantity: 10 })],
  ["a sign", told({ salt: "-1" })],
  ["a peg", told({ pegs: [{}] })],
  ["two legs", told({ legs: [...ORDER.legs, ...ORDER.legs] })],
  ["no signature", told({}, { signature: "none" })],
  ["nothing", undefined],
  ["a text", "orders"],
])("ordersOf__%s__is_left_out", (_, document) => {
  expect(ordersOf(document, 1, BOOK)).toEqual([]);
});

test("levelsOf__strange_levels__are_left_out", () => {
  const good = { price: "5000", quantity: "3" };
  const document = {
    buy: [good, { price: 1, quantity: "1" }, { ...good, quantity: "0" }, 7],
  };
  expect(levelsOf(document, "buy")).toEqual([{ priceTicks: 5_000n, quantity: 3n }]);
  expect(levelsOf(document, "sell")).toEqual([]);
});
