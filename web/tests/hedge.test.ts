// SPDX-License-Identifier: AGPL-3.0-only
import { expect, test } from "vitest";
import { Fraction, floorDiv } from "../src/model/fraction";
import {
  cashLadder,
  contractsOf,
  exposureOf,
  leastQuantity,
  type Month,
  markNow,
  type Outcome,
  outcomesOf,
  type Plan,
  replaysOf,
  spreadOf,
  worstOf,
} from "../src/model/hedge";
import vectors from "./hedge_vectors.json";

function fraction(text: string | undefined): Fraction {
  const [over = "0", under = "1"] = (text ?? "0/1").split("/");
  return new Fraction(BigInt(over), BigInt(under));
}

function textOf({ over, under }: Fraction): string {
  return `${over}/${under}`;
}

function figuresOf(outcome: Outcome<unknown>): string[] {
  const { atRest, mined, costs, forwards, capital, unhedged, hedged } = outcome;
  return [`${atRest}`, ...[mined, costs, forwards, capital, unhedged, hedged].map(textOf)];
}

function planOf(vector: (typeof vectors)[number]): Plan {
  const { fleet, spot, capital } = vector;
  const months = vector.months.map((numbers): Month => {
    const [first_day, end_day, floor_ticks, cap_ticks, tick_value, priceTicks] = numbers.map(
      BigInt,
    ) as [bigint, bigint, bigint, bigint, bigint, bigint];
    const band = { first_day, end_day, floor_ticks, cap_ticks, tick_value };
    const [metric, scale] = [BigInt(vector.metric), BigInt(vector.scale)];
    return { metric, scale, band, unit: BigInt(vector.unit), priceTicks };
  });
  return {
    fleet: {
      hashrate: fraction(fleet.hashrate),
      joules: fraction(fleet.joules),
      usdPerKwh: fraction(fleet.usd_per_kwh),
      poolFee: fraction(fleet.pool_fee),
      uptime: fraction(fleet.uptime),
      curtailAbove: fleet.curtail_above === null ? undefined : fraction(fleet.curtail_above),
      fixedUsd: fraction(fleet.fixed_usd),
    },
    spot: { hashpriceWad: BigInt(spot[0] ?? 0), btcUsdE8: BigInt(spot[1] ?? 0) },
    months,
    capital: { rate: fraction(capital[0]), since: BigInt(capital[1] ?? 0) },
    fees: fraction(vector.fees),
  };
}

test.each(vectors)(
  "outcomesOf__vector_of_the_library__is_the_same_to_the_fraction %#",
  (vector) => {
    const plan = planOf(vector);
    const quantity = contractsOf(plan.fleet, fraction(vector.share));
    expect(quantity).toBe(BigInt(vector.quantity));
    expect(markNow(plan.spot, BigInt(vector.metric), BigInt(vector.scale))).toBe(
      BigInt(vector.mark),
    );
    const outcomes = outcomesOf(plan, quantity);
    expect(outcomes.map(figuresOf)).toEqual(vector.outcomes);
  },
);

test("replaysOf__past_days_of_the_library__are_the_same_from_every_month_on", () => {
  const told = vectors.filter(({ past }) => past.days.length > 0);
  expect(told.flatMap(({ past }) => Object.keys(past.outcomes)).length).toBeGreaterThan(4);
  for (const vector of told) {
    const days = vector.past.days.map(([hashprice = "", price = ""]) => {
      return { hashpriceWad: BigInt(hashprice), btcUsdE8: BigInt(price) };
    });
    const first = BigInt(vector.past.first_day);
    const found = replaysOf(planOf(vector), BigInt(vector.quantity), days, first);
    const figures = Object.fromEntries(found.map((each) => [each.story, figuresOf(each)]));
    expect(figures).toEqual(vector.past.outcomes);
  }
});

test("replaysOf__fewer_days_than_a_window__finds_nothing", () => {
  const [vector] = vectors;
  if (vector === undefined) throw new Error("no vector");
  expect(replaysOf(planOf(vector), 1n, [], 0n)).toEqual([]);
  expect(spreadOf([])).toBeUndefined();
});

test("spreadOf__results__are_sorted_and_losses_counted", () => {
  const results = [5n, -2n, 9n, 0n].map((usd) => new Fraction(usd));
  expect(spreadOf(results)).toEqual({
    ...{ worst: new Fraction(-2n), median: new Fraction(5n), best: new Fraction(9n), losses: 1 },
  });
});

test.each(vectors)("leastQuantity__vector_of_the_library__is_the_same %#", (vector) => {
  const plan = planOf(vector);
  const debt = fraction(vector.debt).times(new Fraction(BigInt(plan.months.length)));
  const least = leastQuantity(plan, debt, exposureOf(plan.fleet).floor());
  expect(least?.toString() ?? null).toBe(vector.least);
});

test.each(vectors)("cashLadder__vector_of_the_library__is_the_same_step_by_step %#", (vector) => {
  const plan = planOf(vector);
  const quantity = BigInt(vector.quantity);
  const worst = worstOf(outcomesOf(plan, quantity));
  if (worst === undefined) throw new Error("no outcome");
  const steps = cashLadder(plan, worst, quantity, fraction(vector.debt));
  expect(steps.map(({ day, usd, cash }) => [`${day}`, textOf(usd), textOf(cash)])).toEqual(
    vector.ladder,
  );
});

test("Fraction__any_signs__is_reduced_and_rounded_down", () => {
  expect(new Fraction(6n, -4n)).toEqual(new Fraction(-3n, 2n));
  expect(new Fraction(-3n, 2n).floor()).toBe(-2n);
  expect(floorDiv(-4n, 2n)).toBe(-2n);
  expect(() => new Fraction(1n, 0n)).toThrow(RangeError);
  expect(new Fraction(1n, 3n).isBelow(new Fraction(1n, 2n))).toBe(true);
});
