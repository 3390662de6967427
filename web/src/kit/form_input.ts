// SPDX-License-Identifier: AGPL-3.0-only
// What the holder's forms make of what was typed.

import { type Address, getAddress, isAddress } from "viem";
import type { Series } from "../chain/series";
import { session } from "../chain/session";
import { t } from "../i18n";
import { formatExact, THS_DECIMALS } from "../model/units";
import { language } from "../settings/choices";
import { isBusy } from "../wallet/activity";
import { isOnChain } from "./wallet_menu";

/** An address that may receive; `undefined` with the reason beside it otherwise. */
export function addressOf(text: string, series: Series): { address?: Address; problem?: string } {
  const trimmed = text.trim();
  if (!isAddress(trimmed)) return { problem: t.value.forms.badAddress };
  const address = getAddress(trimmed);
  const isRefused =
    address === series.token || address === series.address || BigInt(address) === 0n;
  return isRefused ? { problem: t.value.forms.refusedAddress } : { address };
}

/** An amount of hashrate [TH/s, 18 dec] as text, as `hashrateOf` reads it. */
export function exactThs(ths: bigint): string {
  return formatExact(ths, THS_DECIMALS, language.value);
}

/** What is wrong with an amount to send, if anything is. */
export function problemOf(ths: bigint | undefined, balance: bigint): string | undefined {
  if (ths === undefined) return t.value.forms.badAmount;
  if (ths === 0n) return t.value.forms.noAmount;
  return ths > balance ? t.value.forms.tooMuch(exactThs(balance)) : undefined;
}

/** Whether a transaction can be asked for now. */
export function canAct(): boolean {
  return !isBusy.value && isOnChain() && session.value !== undefined;
}
