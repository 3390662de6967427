// SPDX-License-Identifier: AGPL-3.0-only
// Exact numbers as text. Amounts are integers from the chain to the screen: decimals are set by
// moving the point, and Intl groups the digits of a text, so nothing passes through a float.

import { formatUnits } from "viem";

export const DAY_SECONDS = 86_400n;
export const WAD = 10n ** 18n;
export const SATS_DECIMALS = 8;
export const THS_DECIMALS = 18;
/** END_DAY of a series without an end. */
export const NEVER = 2n ** 32n - 1n;

export const HASH_UNITS = ["TH", "PH", "EH"] as const;
export type HashUnit = (typeof HASH_UNITS)[number];

const UNIT_DIGITS: Record<HashUnit, number> = { TH: 0, PH: 3, EH: 6 };
const MILLISECONDS = 1000;

/** Of every negative number of the page: as wide as a plus, and no hyphen at which a line breaks. */
const MINUS = "−";

/** [digits] after the point that a format writes: what is left to it beyond them, it rounds. */
const MOST_DIGITS = 20;

/** An integer with `decimals` digits after the point, by a locale; digits beyond `shown` are cut. */
export function formatExact(
  value: bigint,
  decimals: number,
  locale: string,
  shown: { least: number; most: number } = { least: 0, most: decimals },
): string {
  const most = Math.min(shown.most, MOST_DIGITS);
  const kept = cut(value, decimals, most);
  const format = numberFormat(locale, {
    minimumFractionDigits: Math.min(shown.least, most),
    maximumFractionDigits: most,
  });
  return textOf(format, kept, decimals);
}

/** An integer with its sign, nothing without one. */
export function formatSigned(value: bigint, decimals: number, locale: string): string {
  return `${value > 0n ? "+" : ""}${formatExact(value, decimals, locale)}`;
}

/** US dollars with `digits` digits after the point. */
export function formatUsd(value: bigint, decimals: number, locale: string, digits = 2): string {
  const text = formatExact(value, decimals, locale, { least: digits, most: digits });
  return text.startsWith(MINUS) ? `${MINUS}$${text.slice(MINUS.length)}` : `$${text}`;
}

/** An amount in a currency (ISO 4217), cut to the digits that the currency has. */
export function formatCurrency(
  value: bigint,
  decimals: number,
  code: string,
  locale: string,
): string {
  const format = numberFormat(locale, { style: "currency", currency: code });
  const { maximumFractionDigits: digits = 2 } = format.resolvedOptions();
  return textOf(format, cut(value, decimals, digits), decimals);
}

// a format takes as long to make as a hundred numbers to write: each is made once
const numberFormats = new Map<string, Intl.NumberFormat>();
const dateFormats = new Map<string, Intl.DateTimeFormat>();

function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const name = `${locale} ${JSON.stringify(options)}`;
  const known = numberFormats.get(name) ?? new Intl.NumberFormat(locale, options);
  numberFormats.set(name, known);
  return known;
}

/** A format of dates, the same one for the same wish. */
export function dateFormat(
  locale: string,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const name = `${locale} ${JSON.stringify(options)}`;
  const known = dateFormats.get(name) ?? new Intl.DateTimeFormat(locale, options);
  dateFormats.set(name, known);
  return known;
}

function textOf(format: Intl.NumberFormat, value: bigint, decimals: number): string {
  // TypeScript's own types know only numbers here; ES2023 formats numeric texts exactly
  const text = format.format(formatUnits(value, decimals) as unknown as number);
  return text.replace("-", MINUS);
}

/** Set the digits after the first `kept` decimals to zero, towards zero. */
export function cut(value: bigint, decimals: number, kept: number): bigint {
  if (kept >= decimals) return value;
  const step = 10n ** BigInt(decimals - kept);
  return (value / step) * step;
}

/** The largest unit in which an amount of hashrate [TH/s, 18 dec] is at least one. */
export function unitOf(amountThs: bigint): HashUnit {
  const whole = amountThs / WAD;
  if (whole >= 1_000_000n) return "EH";
  return whole >= 1_000n ? "PH" : "TH";
}

/** Decimals of an amount [TH/s, 18 dec] when it is read in a unit. */
export function hashDecimals(unit: HashUnit): number {
  return THS_DECIMALS + UNIT_DIGITS[unit];
}

/** The date [UTC] of a day index. */
export function dateOf(day: bigint): Date {
  return new Date(Number(day * DAY_SECONDS) * MILLISECONDS);
}

/** The date of a day index as YYYY-MM-DD. */
export function isoDate(day: bigint): string {
  return dateOf(day).toISOString().slice(0, 10);
}

/** Parts per ten thousand, rounded down; `undefined` of nothing. */
export function bpsOf(part: bigint, whole: bigint): bigint | undefined {
  return whole === 0n ? undefined : (part * 10_000n) / whole;
}

/** A quotient rounded up. */
export function ceilDiv(numerator: bigint, denominator: bigint): bigint {
  return (numerator + denominator - 1n) / denominator;
}

export function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, each) => total + each, 0n);
}

export function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

export function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
