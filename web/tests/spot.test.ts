// SPDX-License-Identifier: AGPL-3.0-only
import { expect, test } from "vitest";
import {
  covered,
  type Fillable,
  spotCost,
  spotPriceWad,
  spotsOf,
  sweepSpot,
} from "../src/model/spot";
import { decimalOf } from "../src/model/typed";

const WAD = 10n ** 18n;
const MARKET = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
const ZERO = "0x0000000000000000000000000000000000000000";
const OTHER = "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512";
const ORDER = {
  ...{ maker: MARKET, taker: ZERO, is_buy: false, token: OTHER, money: MARKET, price: "345" },
  ...{ is_per_remaining: false, max_lag_days: "2", quantity: "10", minimum_quantity: "0" },
  ...{ deadline: "1800000000", epoch: "0", salt: "1" },
};

function told(changes: Record<string, unknown> = {}, around: Record<string, unknown> = {}) {
  const order = { ...ORDER, ...changes };
  const signed = { chain_id: 1, market: MARKET, order, signature: "0x12", ...around };
  return { orders: [{ signed_order: signed }] };
}

function offer(changes: Record<string, unknown>, left = 10n * WAD): Fillable {
  const [read] = spotsOf(told({ quantity: `${10n * WAD}`, ...changes }), 1, MARKET);
  if (read === undefined) throw new Error("not read");
  return { ...read, left };
}

test("spotCost__examples_of_the_rules__are_exact", () => {
  // docs/spot.md 5: 3.000000000000000001 of a note of which 700 remain, at 0.98 of par
  const note = { is_per_remaining: true, price: (98n * WAD) / 100n };
  const part = 3n * WAD + 1n;
  expect(spotCost({ ...note, is_buy: true }, part, 700n)).toBe(2_058n);
  expect(spotCost({ ...note, is_buy: false }, part, 700n)).toBe(2_059n);
  const plain = { is_per_remaining: false, price: 7_001n };
  expect(spotCost({ ...plain, is_buy: false }, (3n * WAD) / 2n, 0n)).toBe(10_502n);
  expect(spotCost({ ...plain, is_buy: true }, (3n * WAD) / 2n, 0n)).toBe(10_501n);
});

test.each([
  ["another chain", told({}, { chain_id: 2 })],
  ["another market", told({}, { market: OTHER })],
  ["a number that is none", told({ price: 345 })],
  ["a flag that is none", told({ is_buy: "false" })],
  ["no address", told({ token: "0x12" })],
  ["no signature", told({}, { signature: "none" })],
  ["nothing", undefined],
])("spotsOf__%s__is_left_out", (_, document) => {
  expect(spotsOf(document, 1, MARKET)).toEqual([]);
});

test("spotsOf__more_than_was_asked_for__is_cut", () => {
  const [one] = told().orders;
  const many = Array.from({ length: 1_000 }, (_, i) => ({
    signed_order: { ...one?.signed_order, order: { ...ORDER, salt: `${i}` } },
  }));
  expect(spotsOf({ orders: many }, 1, MARKET)).toHaveLength(100);
});

test("covered__two_offers_of_one_maker__share_its_balance_best_first", () => {
  const orders = [offer({ price: "400", salt: "2" }), offer({ price: "345" })];
  const found = covered(orders, new Map([[MARKET, 13n * WAD]]), 0n);
  expect(found.map(({ order, left }) => [order.price, left])).toEqual([
    [345n, 10n * WAD],
    [400n, 3n * WAD],
  ]);
});

test("covered__bids__are_paid_by_what_the_maker_has_and_never_by_more", () => {
  const [bid] = covered([offer({ is_buy: true, price: "300" })], new Map([[MARKET, 1_000n]]), 0n);
  expect(bid && spotCost(bid.order, bid.left, 0n)).toBeLessThanOrEqual(1_000n);
  expect(bid?.left).toBe((1_000n * WAD) / 300n);
});

test("covered__less_than_the_maker_signed_for__is_left_out", () => {
  const picky = offer({ minimum_quantity: `${5n * WAD}` });
  expect(covered([picky], new Map([[MARKET, 4n * WAD]]), 0n)).toEqual([]);
  expect(covered([{ ...picky, left: 3n * WAD }], new Map([[MARKET, 4n * WAD]]), 0n)).toHaveLength(
    1,
  );
  expect(covered([picky], new Map(), 0n)).toEqual([]);
});

test("sweepSpot__up_to_the_worst_price__costs_each_order_its_own_rounding", () => {
  const asks = [
    offer({ price: "345" }, 2n * WAD + 1n),
    offer({ price: "355", minimum_quantity: `${5n * WAD}` }, 9n * WAD),
    offer({ price: "360", salt: "2" }, 4n * WAD),
    offer({ price: "370", salt: "3" }),
  ];
  const found = sweepSpot(asks, undefined, 6n * WAD + 1n, 360n * WAD, 0n);
  expect(found.fills.map(({ offer: { order }, quantity, cost }) => [order.price, quantity, cost]))
    // the second sells five at least, of which four are wanted
    .toEqual([
      [345n, 2n * WAD + 1n, 691n],
      [360n, 4n * WAD, 1_440n],
    ]);
  expect([found.quantity, found.cost]).toEqual([6n * WAD + 1n, 2_131n]);
  expect(sweepSpot(asks, undefined, WAD, 344n * WAD, 0n).fills).toEqual([]);
});

test("sweepSpot__bids__stops_below_the_worst_price_and_leaves_out_what_brings_nothing", () => {
  const bids = [
    offer({ is_buy: true, price: "300" }, WAD),
    offer({ is_buy: true, price: "200", salt: "2" }),
  ];
  const dust = sweepSpot(bids, undefined, WAD + 1n, 200n * WAD, 0n);
  expect([dust.quantity, dust.cost]).toEqual([WAD, 300n]);
  expect(sweepSpot(bids, undefined, 3n * WAD, 201n * WAD, 0n).quantity).toBe(WAD);
});

test("sweepSpot__prices_of_both_kinds__are_compared_by_what_remains", () => {
  // 300 is 60 % of the 500 that remain
  const plain = offer({ price: "300" });
  const rest = offer({ price: `${(58n * WAD) / 100n}`, is_per_remaining: true, salt: "2" });
  expect(spotPriceWad(rest.order, 500n)).toBe(290n * WAD);
  const found = sweepSpot([rest, plain], undefined, 20n * WAD, (59n * WAD * 500n) / 100n, 500n);
  expect(found.fills.map(({ offer: { order } }) => order.salt)).toEqual([2n]);
});

test("decimalOf__what_a_page_prints__is_read_exactly", () => {
  expect(decimalOf("1,234.5", 8)).toBe(123_450_000_000n);
  expect(decimalOf("0.00000333", 8)).toBe(333n);
  expect(decimalOf("0.000000333", 8)).toBeUndefined();
  for (const text of ["", "-1", "1e3", "1,23", ".5"]) expect(decimalOf(text, 8)).toBeUndefined();
});
