// SPDX-License-Identifier: AGPL-3.0-only
// What the holder chose, kept in this browser and nowhere else.

import { effect, signal } from "@preact/signals";
import { type Address, getAddress, isAddress } from "viem";
import { isHttpUrl } from "./deployment";

export const LANGUAGES = ["en", "zh-Hant"] as const;
export type Language = (typeof LANGUAGES)[number];
export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];
export const UNITS = ["auto", "TH", "PH", "EH"] as const;
export type UnitChoice = (typeof UNITS)[number];
export const CURRENCIES = ["USD", "host"] as const;
export type CurrencyChoice = (typeof CURRENCIES)[number];

const PREFIX = "hashrate.";

export const language = signal<Language>(oneOf(LANGUAGES, stored("language"), browserLanguage()));
export const theme = signal<Theme>(oneOf(THEMES, stored("theme"), "auto"));
export const unit = signal<UnitChoice>(oneOf(UNITS, stored("unit"), "auto"));
export const currency = signal<CurrencyChoice>(oneOf(CURRENCIES, stored("currency"), "USD"));
/** RPC URL of the holder's choice; empty for the deployment's. */
export const chosenRpcUrl = signal<string>(rpcUrlOf(stored("rpc")));

/** An account that is looked at without a wallet. */
export const watchedAccount = signal<Address | undefined>(addressOf(stored("watched")));

const dark = matchMedia("(prefers-color-scheme: dark)");
const systemTheme = signal<Theme>(dark.matches ? "dark" : "light");

/** Keep every choice, and tell the document of language and theme. */
export function startSettings(): void {
  dark.addEventListener("change", ({ matches }) => {
    systemTheme.value = matches ? "dark" : "light";
  });
  effect(() => {
    document.documentElement.lang = language.value;
    store("language", language.value);
  });
  effect(() => {
    const shown = theme.value === "auto" ? systemTheme.value : theme.value;
    document.documentElement.dataset["theme"] = shown; // so that each palette stands once
    store("theme", theme.value);
  });
  effect(() => store("unit", unit.value));
  effect(() => store("currency", currency.value));
  effect(() => store("rpc", chosenRpcUrl.value));
  effect(() => store("watched", watchedAccount.value ?? ""));
}

function browserLanguage(): Language {
  const known = navigator.languages.find((tag) => /^(en|zh)\b/i.test(tag));
  return known?.toLowerCase().startsWith("zh") ? "zh-Hant" : "en";
}

function addressOf(text: string | null): Address | undefined {
  return text !== null && isAddress(text) ? getAddress(text) : undefined;
}

function rpcUrlOf(text: string | null): string {
  return text !== null && isHttpUrl(text) ? text : "";
}

function oneOf<T extends string>(values: readonly T[], text: string | null, otherwise: T): T {
  return values.find((value) => value === text) ?? otherwise;
}

function stored(key: string): string | null {
  try {
    return localStorage.getItem(PREFIX + key);
  } catch {
    return null; // storage is forbidden: the choice lasts as long as the page
  }
}

function store(key: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + key, value);
  } catch {
    // see `stored`
  }
}
