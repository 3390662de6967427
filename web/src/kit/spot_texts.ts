// SPDX-License-Identifier: AGPL-3.0-only
import { computed } from "@preact/signals";
import { spotEn } from "../i18n/spot_en";
import { spotZhHant } from "../i18n/spot_zh_hant";
import { language } from "../settings/choices";

const TEXTS = { en: spotEn, "zh-Hant": spotZhHant } as const;

/** Texts of the spot market: they come with the pages that trade on it. */
export const spot = computed(() => TEXTS[language.value]);
