// SPDX-License-Identifier: AGPL-3.0-only
import { computed } from "@preact/signals";
import { type Language, language } from "../settings/choices";
import { type Dictionary, en } from "./en";
import { zhHant } from "./zh_hant";

const DICTIONARIES: Record<Language, Dictionary> = { en, "zh-Hant": zhHant };

/** The texts of the language chosen. */
export const t = computed(() => DICTIONARIES[language.value]);
