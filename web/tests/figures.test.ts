// SPDX-License-Identifier: AGPL-3.0-only
import { describe, expect, test } from "vitest";
import { backingGrade, bondGrade, meanDay, usdE8 } from "../src/model/figures";
import { DAY_SECONDS, formatCurrency, WAD } from "../src/model/units";

const day = (ths: bigint, gross: bigint, power: bigint, service: bigint, price = 10n ** 13n) => ({
  heldWork: ths * WAD * DAY_SECONDS,
  deliveredWork: undefined,
  paidWork: ths * WAD * DAY_SECONDS,
  gross,
  power,
  service,
  reward: gross > power + service ? gross - power - service : 0n,
  btcUsdE8: price,
});

describe("meanDay", () => {
  test("is the mean of what one TH/s had on each day, whatever was held", () => {
    const mean = meanDay([day(10n, 200n, 80n, 20n), day(1_000n, 40_000n, 8_000n, 2_000n)], 1n);
    expect(mean).toEqual({
      days: 2,
      gross: 30n * WAD,
      power: 8n * WAD,
      service: 2n * WAD,
      net: 20n * WAD,
      netUsd: (20n * WAD) / 1_000n, // at $100,000 a satoshi is a tenth of a cent
      isOverrun: false,
    });
  });

  test("rounds each day down, and the mean", () => {
    expect(meanDay([day(3n, 1n, 0n, 0n), day(3n, 1n, 0n, 0n)], 1n)?.net).toBe(WAD / 3n);
    expect(meanDay([day(1n, 1n, 0n, 0n), day(1n, 0n, 0n, 0n)], 3n)?.net).toBe(WAD / 6n);
  });

  test("says when power was dearer than the gross", () => {
    const mean = meanDay([day(1n, 10n, 12n, 1n), day(1n, 30n, 12n, 1n)], 1n);
    expect(mean?.isOverrun).toBe(true);
    expect(mean?.net).toBe((17n * WAD) / 2n);
  });

  test("leaves days out on which nobody held anything", () => {
    expect(meanDay([day(0n, 0n, 0n, 0n), day(1n, 5n, 0n, 0n)], 1n)?.days).toBe(1);
    expect(meanDay([day(0n, 0n, 0n, 0n)], 1n)).toBeUndefined();
    expect(meanDay([], 1n)).toBeUndefined();
  });
});

test.each([
  [0n, "bare"],
  [69n, "bare"],
  [70n, "thin"],
  [139n, "thin"],
  [140n, "safe"],
] as const)("a bond for %s tenths of a day is %s", (tenths, grade) => {
  expect(bondGrade(tenths)).toBe(grade);
});

test("worth in dollars follows the coin's decimals and rounds down", () => {
  expect(usdE8(10n ** 8n, 1n, 10n ** 13n)).toBe(10n ** 13n); // a bitcoin
  expect(usdE8(10n ** 18n, 10n ** 10n, 10n ** 13n)).toBe(10n ** 13n); // of 18 decimals
  expect(usdE8(1n, 1n, 99_999_999n)).toBe(0n);
});

test("currencies have their own digits", () => {
  expect(formatCurrency(123_456n, 2, "USD", "en")).toBe("$1,234.56");
  expect(formatCurrency(123_499n, 2, "JPY", "en")).toBe("¥1,234");
  expect(formatCurrency(123_456n, 2, "TWD", "zh-Hant")).toBe("$1,234.56");
});

test.each([
  [8_999n, "bare"],
  [9_000n, "thin"],
  [9_999n, "thin"],
  [10_000n, "safe"],
] as const)("hashrate backed by %s bps is %s", (bps, grade) => {
  expect(backingGrade(bps)).toBe(grade);
});
