// SPDX-License-Identifier: AGPL-3.0-only
import { expect, test } from "vitest";
import {
  cut,
  formatCurrency,
  formatExact,
  formatSigned,
  formatUsd,
  hashDecimals,
  isoDate,
  unitOf,
} from "../src/model/units";

const TH = 10n ** 18n;

test("formatExact__beyond_a_double__keeps_every_digit", () => {
  expect(formatExact(12345678901234567890123456789n, 8, "en")).toBe(
    "123,456,789,012,345,678,901.23456789",
  );
});

test("formatExact__eighteen_decimals__keeps_the_last_unit", () => {
  expect(formatExact(1n, 18, "en")).toBe("0.000000000000000001");
});

test("formatExact__least_digits__fills_with_zeros", () => {
  expect(formatExact(120n, 8, "zh-Hant", { least: 8, most: 8 })).toBe("0.00000120");
});

test("formatExact__fewer_digits_shown__cuts_and_never_rounds_up", () => {
  expect(formatExact(19_999n, 4, "en", { least: 0, most: 2 })).toBe("1.99");
});

test("formatExact__more_decimals_than_a_format_writes__cuts_and_never_rounds_up", () => {
  expect(formatExact(10n ** 30n - 1n, 30, "en")).toBe(`0.${"9".repeat(20)}`);
});

test("formatExact__largest_integer__is_whole", () => {
  const digits = formatExact(2n ** 256n - 1n, 0, "en").replaceAll(",", "");

  expect(digits).toBe((2n ** 256n - 1n).toString());
});

test.each(["en", "zh-Hant"])("negative__%s__has_one_minus_wherever_it_stands", (locale) => {
  expect(formatExact(-1_234n, 0, locale)).toBe("−1,234");
  expect(formatSigned(-1_234n, 2, locale)).toBe("−12.34");
  expect(formatSigned(1_234n, 2, locale)).toBe("+12.34");
  expect(formatUsd(-5n, 2, locale)).toBe("−$0.05");
  expect(formatCurrency(-5n, 0, "TWD", locale)).toMatch(/^−\S*5/);
});

test("cut__more_digits_than_there_are__returns_the_value", () => {
  expect(cut(123n, 2, 5)).toBe(123n);
});

test.each([
  [999n * TH, "TH"],
  [1_000n * TH, "PH"],
  [999_999n * TH, "PH"],
  [1_000_000n * TH, "EH"],
] as const)("unitOf__%d__returns_%s", (amount, unit) => {
  expect(unitOf(amount)).toBe(unit);
});

test("hashDecimals__larger_units__move_the_point", () => {
  expect(formatExact(60_500n * TH, hashDecimals("PH"), "en")).toBe("60.5");
  expect(formatExact(60_500n * TH, hashDecimals("EH"), "en")).toBe("0.0605");
});

test("isoDate__day_index__returns_its_utc_date", () => {
  expect(isoDate(20_000n)).toBe("2024-10-04");
});
