// SPDX-License-Identifier: AGPL-3.0-only
import { useEffect } from "preact/hooks";
import { t } from "../../i18n";
import { FORMULA_IDS } from "../../i18n/formula_list";
import { formulasEn } from "../../i18n/formulas_en";
import { formulasZhHant } from "../../i18n/formulas_zh_hant";
import { language } from "../../settings/choices";
import { FORMULAS } from "./formula_texts";

/** What every number is; a link brings its own into view. */
export function FormulasPage({ id }: { id: string | undefined }) {
  useEffect(() => {
    const target = id === undefined ? null : document.getElementById(`formula-${id}`);
    target?.scrollIntoView({ block: "start" });
    target?.focus();
  }, [id]);
  const texts = language.value === "en" ? formulasEn : formulasZhHant;
  return (
    <>
      <h1 tabIndex={-1}>{t.value.formulas.title}</h1>
      <p class="hint">{t.value.formulas.hint}</p>
      {FORMULA_IDS.map((each) => (
        <section key={each} class={each === id ? "panel chosen" : "panel"}>
          <h2 id={`formula-${each}`} tabIndex={-1}>
            {texts[each].name}
          </h2>
          <p>
            <code class="formula">{FORMULAS[each].expression}</code>
          </p>
          <p>{texts[each].text}</p>
          <p class="hint">
            {t.value.formulas.reads}{" "}
            {FORMULAS[each].reads.map((read) => (
              <code key={read} class="read">
                {read}
              </code>
            ))}
          </p>
        </section>
      ))}
    </>
  );
}
