// SPDX-License-Identifier: AGPL-3.0-only
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { type TermId, termsEn } from "../i18n/terms_en";
import { termsZhHant } from "../i18n/terms_zh_hant";
import { language } from "../settings/choices";

const TEXTS = { en: termsEn, "zh-Hant": termsZhHant } as const;

/** A word of the trade that says what it means where it stands, when it is pressed. */
export function Term({ word, children }: { word: TermId; children: ComponentChildren }) {
  const isOpen = useSignal(false);
  return (
    <>
      <button
        type="button"
        class="term"
        aria-expanded={isOpen.value}
        data-term={word}
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        {children}
      </button>
      {isOpen.value && (
        <small class="meaning" role="note">
          {TEXTS[language.value][word]}
        </small>
      )}
    </>
  );
}
