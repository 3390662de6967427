// SPDX-License-Identifier: AGPL-3.0-only
import { useSignal } from "@preact/signals";
import { session } from "../chain/session";
import { t } from "../i18n";
import { Dialog } from "../kit/dialog";
import {
  CURRENCIES,
  chosenRpcUrl,
  currency,
  language,
  THEMES,
  theme,
  UNITS,
  unit,
} from "../settings/choices";
import { isHttpUrl } from "../settings/deployment";

/** The other language, in itself. */
export function LanguageSwitch() {
  const other = language.value === "en" ? "zh-Hant" : "en";
  return (
    <button
      type="button"
      class="quiet"
      lang={other}
      data-testid="language-switch"
      onClick={() => {
        language.value = other;
      }}
    >
      {t.value.settings.otherLanguage}
    </button>
  );
}

/** Steps through the themes. */
export function ThemeSwitch() {
  const next = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? "auto";
  const label = `${t.value.settings.theme}: ${t.value.settings.themes[theme.value]}`;
  return (
    <button
      type="button"
      class="quiet"
      aria-label={label}
      title={label}
      data-testid="theme-switch"
      data-value={theme.value}
      onClick={() => {
        theme.value = next;
      }}
    >
      <span aria-hidden="true">{{ auto: "◐", light: "☀", dark: "☾" }[theme.value]}</span>
    </button>
  );
}

/** Unit, and the node. */
export function SettingsMenu() {
  const isOpen = useSignal(false);
  return (
    <>
      <button
        type="button"
        class="quiet"
        aria-label={t.value.settings.open}
        title={t.value.settings.open}
        onClick={() => {
          isOpen.value = true;
        }}
      >
        <span aria-hidden="true">⚙</span>
      </button>
      {isOpen.value && (
        <Dialog
          title={t.value.settings.open}
          onClose={() => {
            isOpen.value = false;
          }}
        >
          <UnitField />
          <CurrencyField />
          <NodeField />
        </Dialog>
      )}
    </>
  );
}

function UnitField() {
  return (
    <label>
      {t.value.settings.unit}
      <select
        value={unit.value}
        onChange={(event) => {
          unit.value = UNITS.find((each) => each === event.currentTarget.value) ?? "auto";
        }}
      >
        {UNITS.map((each) => (
          <option key={each} value={each}>
            {each === "auto" ? t.value.settings.unitAuto : `${each}/s`}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Only where the host supplies a rate; else there is nothing to choose. */
function CurrencyField() {
  const offered = session.value?.deployment.currency;
  if (offered === undefined) return null;
  return (
    <label>
      {t.value.settings.currency}
      <select
        value={currency.value}
        data-testid="currency"
        onChange={(event) => {
          currency.value = CURRENCIES.find((each) => each === event.currentTarget.value) ?? "USD";
        }}
      >
        <option value="USD">USD</option>
        <option value="host">{t.value.settings.currencyOf(offered.code, offered.asOf)}</option>
      </select>
    </label>
  );
}

function NodeField() {
  const text = useSignal(chosenRpcUrl.value);
  const isBad = useSignal(false);
  const original = session.value?.deployment.chain.rpcUrls.default.http[0] ?? "";
  const save = (event: Event) => {
    event.preventDefault();
    const url = text.value.trim();
    isBad.value = url !== "" && !isHttpUrl(url);
    if (isBad.value) return;
    chosenRpcUrl.value = url;
    location.reload();
  };
  return (
    <form onSubmit={save} noValidate>
      <label>
        {t.value.settings.rpc}
        <input
          type="url"
          inputMode="url"
          value={text.value}
          placeholder={original}
          aria-invalid={isBad.value || undefined}
          aria-describedby="rpc-hint"
          onInput={(event) => {
            text.value = event.currentTarget.value;
          }}
        />
      </label>
      <small id="rpc-hint">
        {isBad.value && <strong role="alert">{t.value.settings.rpcBad} </strong>}
        {t.value.settings.rpcHint} {t.value.settings.rpcDefault(original)}
      </small>
      <button type="submit" class="save">
        {t.value.settings.save}
      </button>
    </form>
  );
}
