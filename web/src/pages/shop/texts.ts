// SPDX-License-Identifier: AGPL-3.0-only
import { computed } from "@preact/signals";
import { shopEn } from "../../i18n/shop_en";
import { shopZhHant } from "../../i18n/shop_zh_hant";
import { language } from "../../settings/choices";

const TEXTS = { en: shopEn, "zh-Hant": shopZhHant } as const;

/** The shop's texts: they come with the shop, not with the page. */
export const shop = computed(() => TEXTS[language.value]);
