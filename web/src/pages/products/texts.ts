// SPDX-License-Identifier: AGPL-3.0-only
import { computed } from "@preact/signals";
import { productsEn } from "../../i18n/products_en";
import { productsZhHant } from "../../i18n/products_zh_hant";
import { language } from "../../settings/choices";

const TEXTS = { en: productsEn, "zh-Hant": productsZhHant } as const;

/** The texts of these pages: they come with them. */
export const words = computed(() => TEXTS[language.value]);
