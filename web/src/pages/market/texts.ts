// SPDX-License-Identifier: AGPL-3.0-only
import { computed } from "@preact/signals";
import type { Forward } from "../../chain/forwards";
import { marketEn } from "../../i18n/market_en";
import { marketZhHant } from "../../i18n/market_zh_hant";
import { dayText } from "../../kit/numbers";
import { formatExact } from "../../model/units";
import { language } from "../../settings/choices";

const TEXTS = { en: marketEn, "zh-Hant": marketZhHant } as const;

/** The market's texts: they come with it. */
export const market = computed(() => TEXTS[language.value]);

/** An integer by the language. */
export function plain(value: bigint): string {
  return formatExact(value, 0, language.value);
}

/** The window of a contract in words. */
export function windowText({ band }: Forward): string {
  return `${dayText(band.first_day)} – ${dayText(band.end_day - 1n)}`;
}

/** What a contract's prices count. */
export function unitText({ metric }: Forward): string {
  const { sats, usd, difficulty, other } = market.value.metrics;
  return { 1: sats, 2: usd, 3: difficulty }[Number(metric)] ?? other;
}

/** Money of a contract [base units] as text. */
export function moneyText({ decimals, symbol }: Forward, base: bigint): string {
  return `${formatExact(base, decimals, language.value)} ${symbol}`;
}
