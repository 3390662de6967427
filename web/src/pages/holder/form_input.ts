// SPDX-License-Identifier: AGPL-3.0-only
// What the holder's forms make of what was typed.

import { type Address, getAddress, isAddress, parseUnits } from "viem";
import type { Series } from "../../chain/series";
import { session } from "../../chain/session";
import { t } from "../../i18n";
import { isOnChain } from "../../kit/wallet_menu";
import { formatExact, THS_DECIMALS } from "../../model/units";
import { isBusy } from "../../wallet/activity";

/** An address that may receive; `undefined` with the reason beside it otherwise. */
export function addressOf(text: string, series: Series): { address?: Address; problem?: string } {
  const trimmed = text.trim();
  if (!isAddress(trimmed)) return { problem: t.value.forms.badAddress };
  const address = getAddress(trimmed);
  const isRefused =
    address === series.token || address === series.address || BigInt(address) === 0n;
  return isRefused ? { problem: t.value.forms.refusedAddress } : { address };
}

/** An amount of hashrate [TH/s, 18 dec] typed with a point, exact; `undefined` if it makes none. */
export function amountOf(text: string): bigint | undefined {
  const trimmed = text.trim();
  if (!/^\d{1,20}(\.\d{1,18})?$/.test(trimmed)) return undefined;
  return parseUnits(trimmed, THS_DECIMALS);
}

/** Digits and a point, as `amountOf` reads them. */
export function plain(ths: bigint): string {
  return formatExact(ths, THS_DECIMALS, "en").replaceAll(",", "");
}

/** Whether a transaction can be asked for now. */
export function canAct(): boolean {
  return !isBusy.value && isOnChain() && session.value !== undefined;
}
