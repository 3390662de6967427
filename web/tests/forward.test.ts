// SPDX-License-Identifier: AGPL-3.0-only
import { expect, test } from "vitest";
import { type LiveOrder, openOf, rungsOf, sidesOf, sweep, united } from "../src/model/book";
import { breather } from "../src/model/breath";
import { basisBps, growthBps, markOf } from "../src/model/curve";
import { legPayment, payouts, stakeOf } from "../src/model/forward";
import { Fraction } from "../src/model/fraction";
import { profitOf } from "../src/model/profit";
import { candlesOf, levelsOf, OrderReader, tradesOf } from "../src/model/relay_answer";
import { SAME, valueAt } from "../src/model/scenario";
import { assess, assessFills, evenOf } from "../src/model/ticket";

const BAND = {
  first_day: 100n,
  end_day: 130n,
  floor_ticks: 2_000n,
  cap_ticks: 8_000n,
  tick_value: 2n,
};
const SCALE = 10n ** 15n;
const BOOK = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
const ME = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
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
const PEG = {
  mean_days: "1",
  max_age_days: "2",
  offset_ticks: "-50",
  low_ticks: "2000",
  high_ticks: "8000",
};

function told(
  changes: Record<string, unknown> = {},
  around: Record<string, unknown> = {},
  covered: unknown = "10",
) {
  const order = { ...ORDER, ...changes };
  const signed = { chain_id: 1, book: BOOK, order, signature: "0x12", ...around };
  return { orders: [{ covered, signed_order: signed }] };
}

function read(document: unknown) {
  return new OrderReader(1, BOOK).ordersOf(document);
}

/** An order of one leg that can be filled. */
function live(salt: number, isBuy: boolean, price: bigint, left: bigint, changes = {}): LiveOrder {
  const leg = { ...ORDER.legs[0], is_buy: isBuy, price_ticks: `${price}` };
  const [record] = told({ salt: `${salt}`, legs: [leg], ...changes }).orders;
  const found = new OrderReader(1, BOOK).orderOf(record);
  if (found === undefined) throw new Error("no order");
  return { ...found, left, legs: found.order.legs };
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

test("legPayment__a_part_that_closes__gives_its_worth_back", () => {
  expect(legPayment(BAND, true, 5_000n, 10n, 0n)).toBe(10n * 60n * 3_000n);
  expect(legPayment(BAND, true, 4_000n, 10n, 4n)).toBe(60n * (6n * 2_000n - 4n * 4_000n));
  expect(legPayment(BAND, false, 4_000n, 3n, 3n)).toBe(-3n * 60n * 2_000n);
});

test.each([
  [1_000n, 0n],
  [2_000n, 0n],
  [5_000n, 60n * 3_000n],
  [8_000n, 60n * 6_000n],
  [90_000n, 60n * 6_000n],
])("payouts__mean_of_%s__is_between_floor_and_cap", (mean, long) => {
  expect(payouts(BAND, SCALE, 30n * mean * SCALE)).toEqual({ long, short: 360_000n - long });
});

test("payouts__a_part_of_a_unit__goes_to_short", () => {
  const { long, short } = payouts(BAND, SCALE, 30n * 5_000n * SCALE - 1n);
  expect([long, short]).toEqual([179_999n, 180_001n]);
});

test("valueAt__days_that_are_final__count_as_they_are", () => {
  const progress = { days: 10n, sum: 10n * 8_000n * SCALE };
  const forward = { metric: 1n, scale: SCALE, band: BAND, progress, outcome: undefined };
  const mean = (8_000n * 10n + 5_000n * 20n) * 2n - 2_000n * 60n;
  expect(valueAt(forward, 5_000n, SAME).long).toBe(mean);
  const harder = { ...SAME, difficulty: new Fraction(5n, 4n) };
  expect(valueAt(forward, 5_000n, harder).long).toBe(mean - 1_000n * 20n * 2n);
  const dearer = { ...SAME, bitcoin: new Fraction(2n) };
  expect(valueAt(forward, 3_000n, dearer)).toEqual(valueAt(forward, 3_000n, SAME));
  const inUsd = { ...forward, metric: 2n };
  expect(valueAt(inUsd, 3_000n, dearer)).toEqual(valueAt(inUsd, 6_000n, SAME));
  const difficulty = { ...forward, metric: 3n };
  expect(valueAt(difficulty, 4_000n, harder)).toEqual(valueAt(difficulty, 5_000n, SAME));
});

test("ordersOf__an_order_of_this_book__is_read_exactly", async () => {
  const [found] = await read(told());
  expect(found?.order.max_collateral).toBe(1_000n);
  expect(found?.covered).toBe(10n);
  expect(found?.order.legs).toEqual([
    { series: 1_234n, is_buy: true, price_ticks: 5_000n, ratio: 1n },
  ]);
});

test("ordersOf__the_same_answer_again__is_not_read_again", async () => {
  const reader = new OrderReader(1, BOOK);
  const answer = told();
  const [first] = await reader.ordersOf(answer);
  expect((await reader.ordersOf(answer))[0]).toBe(first);
  expect((await reader.ordersOf(told()))[0]).toEqual(first);
});

test("breather__long_work__lets_others_in_between", async () => {
  const breathe = breather();
  let turns = 0;
  const timer = setInterval(() => turns++);
  for (let i = 0; i < 4; i++) {
    for (const end = performance.now() + 10; performance.now() < end; );
    await breathe();
  }
  clearInterval(timer);
  expect(turns).toBeGreaterThan(1);
});

test("ordersOf__pegs_and_several_legs__are_read", async () => {
  const second = { ...ORDER.legs[0], series: "1236", ratio: "3" };
  const [found] = await read(told({ pegs: [PEG], legs: [...ORDER.legs, second] }));
  expect(found?.order.pegs[0]?.offset_ticks).toBe(-50n);
  expect(found?.order.legs[1]).toEqual({
    ...{ series: 1_236n, is_buy: true, price_ticks: 5_000n, ratio: 3n },
  });
});

test.each([
  ["another chain", told({}, { chain_id: 2 })],
  ["another book", told({}, { book: ORDER.taker })],
  ["a number that is none", told({ quantity: 10 })],
  ["a sign", told({ salt: "-1" })],
  ["half a peg", told({ pegs: [{}] })],
  ["two pegs", told({ pegs: [PEG, PEG] })],
  ["no legs", told({ legs: [] })],
  ["thirteen legs", told({ legs: Array(13).fill(ORDER.legs[0]) })],
  ["no signature", told({}, { signature: "none" })],
  ["no word of what is covered", told({}, {}, 10)],
  ["nothing", undefined],
  ["a text", "orders"],
])("ordersOf__%s__is_left_out", async (_, document) => {
  expect(await read(document)).toEqual([]);
});

test("united__two_relays__list_an_order_once_and_altered_ones_beside_it", async () => {
  const first = await read(told({}, {}, "3"));
  const again = await read(told({}, {}, "7"));
  const altered = await read(told({ quantity: "11" }));
  const all = united([first, again, altered]);
  expect(all.map(({ covered }) => covered)).toEqual([7n, 10n]);
  expect(new Set(all.map(({ hash }) => hash)).size).toBe(2);
});

test("ordersOf__more_than_was_asked_for__are_cut", async () => {
  const orders = Array.from({ length: 120 }, (_, i) => told({ salt: `${i}` }).orders).flat();
  expect(await read({ orders })).toHaveLength(100);
});

test("openOf__own_orders__are_open_though_a_relay_says_that_nothing_covers_them", async () => {
  const [order] = await read(told({ maker: ME }, {}, "0"));
  const [other] = await read(told());
  const open = openOf(
    [order, other].flatMap((each) => each ?? []),
    ME,
  );
  expect(open.map(({ hash, covered }) => [hash, covered])).toEqual([
    [order?.hash, order?.order.quantity],
  ]);
});

test("rungsOf__orders_at_a_price__are_one_rung_with_own_ones_marked", () => {
  const orders = [
    live(1, true, 5_000n, 3n),
    live(2, true, 5_100n, 4n, { maker: ME }),
    live(3, true, 5_100n, 2n),
    live(4, false, 6_000n, 9n),
  ];
  const { bids, asks } = sidesOf(orders, 1_234n);
  expect(rungsOf(bids, ME, 20)).toEqual([
    { priceTicks: 5_100n, contracts: 6n, own: 4n },
    { priceTicks: 5_000n, contracts: 3n, own: 0n },
  ]);
  expect(rungsOf(bids, ME, 1)).toHaveLength(1);
  expect(asks.map((ask) => ask.left)).toEqual([9n]);
  expect(sidesOf(orders, 1_236n).bids).toEqual([]);
});

test("sweep__best_first__stops_at_the_worst_price_and_passes_over_own_and_too_large_ones", () => {
  const asks = [
    live(1, false, 5_000n, 3n, { maker: ME }),
    live(2, false, 5_000n, 2n),
    live(3, false, 5_100n, 9n, { minimum_quantity: "9" }),
    live(4, false, 5_200n, 4n),
    live(5, false, 5_300n, 9n),
  ];
  const found = sweep(asks, ME, 8n, 5_200n);
  expect(found.map(({ live, units }) => [live.order.salt, units])).toEqual([
    [2n, 2n],
    [4n, 4n],
  ]);
  expect(sweep(asks, ME, 12n, 5_300n).map(({ units }) => units)).toEqual([2n, 9n, 1n]);
  expect(sweep([], ME, 1n, 8_000n)).toEqual([]);
});

test("assessFills__holdings__are_closed_first_and_promised_fill_by_fill", () => {
  const asks = [live(1, false, 5_000n, 4n), live(2, false, 5_200n, 4n)];
  const traded = { id: 1_234n, band: BAND, long: 0n, short: 5n };
  const found = assessFills(traded, true, sweep(asks, ME, 7n, 8_000n));
  expect(found?.fills.map(({ maxPay, minReceive }) => [maxPay, minReceive])).toEqual([
    [0n, 4n * 60n * 3_000n],
    [60n * (2n * 3_200n - 2_800n), 0n],
  ]);
  expect(found?.closed).toBe(5n);
  expect(found?.mostLost).toBe(60n * (4n * 3_000n + 3n * 3_200n));
  expect(found?.mean).toEqual(new Fraction(4n * 5_000n + 3n * 5_200n, 7n));
});

test("assess__what_is_held_for_all_of_it__lowers_what_is_locked_and_a_peg_does_not", () => {
  const forward = { id: 1_234n, band: BAND, long: 3n, short: 0n };
  const leg = { forward, isBuy: false, priceTicks: 5_000n };
  expect(assess([leg], 3n, false)).toMatchObject({ locked: 0n, released: 3n * 60n * 3_000n });
  expect(assess([leg], 4n, false)).toMatchObject({ locked: 4n * 60n * 3_000n, closed: [3n] });
  expect(assess([leg], 3n, true)?.locked).toBe(3n * 60n * 3_000n);
  expect(assess([{ ...leg, priceTicks: 9_000n }], 1n, false)).toBeUndefined();
});

test("evenOf__windows_of_unlike_length__weigh_by_their_days", () => {
  const short = { ...BAND, end_day: 110n };
  const leg = (band: typeof BAND, priceTicks: bigint) => ({
    ...{ forward: { id: 0n, band, long: 0n, short: 0n }, isBuy: true, priceTicks },
  });
  expect(evenOf([leg(BAND, 5_000n), leg(short, 3_000n)])).toEqual(new Fraction(4_500n));
});

test("profitOf__closed_parts__are_realised_at_the_average_and_the_rest_adds_up", () => {
  const trade = (isBuy: boolean, priceTicks: bigint, contracts: bigint) => ({
    ...{ isBuy, priceTicks, contracts },
  });
  const value = payouts(BAND, SCALE, 30n * 6_000n * SCALE);
  const trades = [trade(true, 5_000n, 2n), trade(true, 5_300n, 1n), trade(false, 5_500n, 2n)];
  const found = profitOf(BAND, trades, value);
  expect(found.entryE3).toBe(5_100_000n);
  expect(found.realised).toBe(60n * 2n * 400n);
  expect(found.unrealised).toBe(60n * 900n);
  expect(found.total).toBe(found.realised + found.unrealised);
  expect(found.open).toBe(1n);
  // through zero to the other side
  const turned = profitOf(BAND, [...trades, trade(false, 5_600n, 3n)], value);
  expect(turned.open).toBe(-2n);
  expect(turned.entryE3).toBe(5_600_000n);
  expect(turned.realised).toBe(60n * (2n * 400n + 500n));
  expect(turned.unrealised).toBe(60n * -2n * 400n);
});

test("markOf__both_sides__is_between_them_else_the_last_trade", () => {
  expect(markOf(10n, 13n, 50n)).toBe(11n);
  expect(markOf(undefined, 13n, 50n)).toBe(50n);
  expect(markOf(14n, 13n, 50n)).toBe(50n);
  expect(markOf(10n, undefined, undefined)).toBeUndefined();
});

test("growthBps__satoshi_and_difficulty__move_against_each_other", () => {
  expect(growthBps(1n, 8_000n, 10_000n)).toBe(2_500n);
  expect(growthBps(3n, 12_500n, 10_000n)).toBe(2_500n);
  expect(growthBps(2n, 12_500n, 10_000n)).toBeUndefined();
  expect(basisBps(9_999n, 10_000n)).toBe(-1n);
  expect(basisBps(29_999n, 30_000n)).toBe(-1n); // down, also below zero
});

test("levelsOf__strange_levels__are_left_out", () => {
  const good = { price: "5000", quantity: "3" };
  const document = {
    buy: [good, { price: 1, quantity: "1" }, { ...good, quantity: "0" }, 7],
  };
  expect(levelsOf(document, "buy")).toEqual([{ priceTicks: 5_000n, quantity: 3n }]);
  expect(levelsOf(document, "sell")).toEqual([]);
});

test("tradesOf_and_candlesOf__strange_ones__are_left_out", () => {
  const trade = {
    ...{ market: "1234", time: 1_790_000_000, buyer: BOOK, seller: ME, price: "5000" },
    ...{ quantity: "2", transaction: `0x${"ab".repeat(32)}`, log_index: 3 },
  };
  const strange = [
    { ...trade, time: -1 },
    { ...trade, buyer: "<b>" },
    { ...trade, price: "1e9" },
  ];
  expect(tradesOf({ trades: [trade, ...strange, null] })).toHaveLength(1);
  const candle = { start: 1, open: "1", high: "3", low: "1", close: "2", volume: "9" };
  const candles = [candle, { ...candle, high: 3 }, { ...candle, start: "1" }];
  expect(candlesOf({ candles })).toHaveLength(1);
});
