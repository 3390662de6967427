// SPDX-License-Identifier: AGPL-3.0-only
import { expect, test } from "vitest";
import { costInReward, outlook, yearlyBps } from "../src/model/payback";

const TERMS = {
  efficiency_mj_per_th: 15_000n,
  power_price_usd_e6: 0n,
  service_fee_wad: 0n,
  pool_fee_bps: 0n,
  guaranteed_uptime_bps: 10_000n,
};
const WAD = 10n ** 18n;
const FLAT = { growthBps: 0n, btcUsdE8: 100_000n * 10n ** 8n };
// 50 sat per TH/s and day: a lot of a million earns half a bitcoin a day
const START = { hashpriceWad: 50n * WAD, height: 840_000n, days: 365 };

test("outlook__flat_and_free__pays_back_on_the_very_day", () => {
  const lot = 50n * 10n ** 6n;
  expect(outlook(TERMS, 1n, 100n * lot, FLAT, START).paybackDays).toBe(100);
  expect(outlook(TERMS, 1n, 100n * lot + 1n, FLAT, START).paybackDays).toBe(101);
  expect(outlook(TERMS, 1n, 366n * lot, FLAT, START)).toEqual({
    paybackDays: undefined,
    backBps: (365n * 10_000n) / 366n,
    stopDay: undefined,
    days: 365,
  });
});

test("outlook__difficulty_grows__earns_a_geometric_series", () => {
  const doubled = { ...FLAT, growthBps: 10_000n };
  const lot = 50n * 10n ** 6n;
  const { backBps } = outlook(TERMS, 1n, 28n * lot, doubled, { ...START, days: 42 });
  expect(backBps).toBe(((14n * 4n + 14n * 2n + 14n) * 10_000n) / (4n * 28n));
});

test("outlook__halving_ahead__halves_from_its_day_on", () => {
  const height = 1_050_000n - 144n * 10n; // the tenth day from now is the first of the new era
  const lot = 50n * 10n ** 6n;
  const { backBps } = outlook(TERMS, 1n, 100n * lot, FLAT, { ...START, height, days: 20 });
  expect(backBps).toBe((10n * 2n + 10n) * 50n);
});

test("outlook__power_above_revenue__stops_and_owes_nothing", () => {
  // 15 J/TH at 20 cents: 7.2 cents a day, 72 sat at this price
  const dear = { ...TERMS, power_price_usd_e6: 200_000n };
  const result = outlook(dear, 1n, 1n, FLAT, START);
  expect(result).toEqual({ paybackDays: undefined, backBps: 0n, stopDay: 0, days: 365 });
  const falling = { ...FLAT, growthBps: 10_000n };
  const rich = { ...START, hashpriceWad: 100n * WAD };
  expect(outlook(dear, 1n, 10n ** 12n, falling, rich).stopDay).toBe(14);
});

test("costInReward__dollars_and_bitcoin__round_up", () => {
  expect(costInReward(1_000_000n, 6, "dollar", FLAT, 8)).toBe(1_000n);
  expect(costInReward(1_000_001n, 6, "dollar", FLAT, 8)).toBe(1_001n);
  expect(costInReward(5n, 8, "bitcoin", FLAT, 8)).toBe(5n);
  expect(costInReward(1n, 18, "bitcoin", FLAT, 8)).toBe(1n);
});

test("yearlyBps__mean_over_price__rounds_down", () => {
  expect(yearlyBps(WAD, 365n * WAD)).toBe(10_000n);
  expect(yearlyBps(WAD, 366n * WAD)).toBe(9_972n);
  expect(yearlyBps(WAD, 0n)).toBeUndefined();
});
