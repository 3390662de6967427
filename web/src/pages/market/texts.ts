// SPDX-License-Identifier: AGPL-3.0-only
import { computed } from "@preact/signals";
import type { Forward } from "../../chain/forwards";
import { marketEn } from "../../i18n/market_en";
import { marketZhHant } from "../../i18n/market_zh_hant";
import { chainLabel } from "../../kit/numbers";
import { dateFormat, dateOf, formatExact, formatSigned } from "../../model/units";
import { language } from "../../settings/choices";

const TEXTS = { en: marketEn, "zh-Hant": marketZhHant } as const;

/** The market's texts: they come with it. */
export const market = computed(() => TEXTS[language.value]);

/** A number by the language, with some digits behind the point. */
export function plain(value: bigint, decimals = 0): string {
  return formatExact(value, decimals, language.value);
}

/** A number with its sign. */
export function signed(value: bigint, decimals = 0): string {
  return formatSigned(value, decimals, language.value);
}

/** Parts per ten thousand as percent, with their sign. */
export function percentText(bps: bigint | undefined): string {
  return bps === undefined ? "–" : `${signed(bps, 2)} %`;
}

/** What is not there. */
export function orDash(value: bigint | undefined): string {
  return value === undefined ? "–" : plain(value);
}

/** The window of a contract in words. */
export function windowText({ band }: Pick<Forward, "band">): string {
  const format = dateFormat(language.value, { dateStyle: "medium", timeZone: "UTC" });
  return format.formatRange(dateOf(band.first_day), dateOf(band.end_day - 1n));
}

/** What a contract's prices count. */
export function unitText({ metric }: Pick<Forward, "metric">): string {
  const { sats, usd, difficulty, other } = market.value.metrics;
  return { 1: sats, 2: usd, 3: difficulty }[Number(metric)] ?? other;
}

/** Money of a contract [base units] as text. */
export function moneyText({ decimals, symbol }: Forward, base: bigint): string {
  return `${formatExact(base, decimals, language.value)} ${chainLabel(symbol)}`;
}

/** A whole number as typed, with or without commas and a sign; else `undefined`. */
export function integerOf(text: string, isSigned = false): bigint | undefined {
  const digits = text.trim().replaceAll(",", "").replace("−", "-");
  const form = isSigned ? /^[+-]?\d{1,20}$/ : /^\d{1,20}$/;
  return form.test(digits) ? BigInt(digits.replace("+", "")) : undefined;
}
