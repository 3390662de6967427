// SPDX-License-Identifier: AGPL-3.0-only
import type { Address } from "viem";
import type { Money } from "../chain/offering";
import type { OpenSpot } from "../model/spot";
import { sum, THS_DECIMALS } from "../model/units";

/** What is traded on the spot market. */
export interface Traded {
  readonly address: Address;
  readonly symbol: string;
  /** [18 dec] that the account has */
  readonly balance: bigint;
  /** Priced by what remains of it: it pays itself down. */
  readonly isAmortising: boolean;
}

/** A token as its amounts are written. */
export type Asset = Omit<Money, "balance">;

export function assetOf({ address, symbol }: Traded): Asset {
  return { address, symbol, decimals: THS_DECIMALS };
}

/** [digits] of a price as one types it: of what remains in per cent, else in the money. */
export function priceDecimals({ isAmortising }: Traded, { decimals }: Money): number {
  return isAmortising ? PERCENT_DECIMALS : decimals;
}

/** 100 % is 1e18 */
export const PERCENT_DECIMALS = 16;

/** What the account's open orders may take of a token or money already [base units]. */
export function committedOf(own: readonly OpenSpot[], asset: Address): bigint {
  const takes = own.filter(({ order }) => (order.is_buy ? order.money : order.token) === asset);
  return sum(takes.map(({ given }) => given));
}
