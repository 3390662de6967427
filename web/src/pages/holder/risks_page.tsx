// SPDX-License-Identifier: AGPL-3.0-only
import { risksEn } from "../../i18n/risks_en";
import { risksZhHant } from "../../i18n/risks_zh_hant";
import { language } from "../../settings/choices";

const RISKS = { en: risksEn, "zh-Hant": risksZhHant } as const;

/** What can go wrong, in ten sentences. */
export function RisksPage() {
  const { title, sentences } = RISKS[language.value];
  return (
    <>
      <h1 tabIndex={-1}>{title}</h1>
      <ol class="risks">
        {sentences.map((sentence, i) => (
          <li key={sentence} class={i === 0 ? "first" : undefined}>
            {sentence}
          </li>
        ))}
      </ol>
    </>
  );
}
