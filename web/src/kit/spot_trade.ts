// SPDX-License-Identifier: AGPL-3.0-only
import type { Address } from "viem";
import { type Fillable, spotCost } from "../model/spot";

/** What is traded on the spot market. */
export interface Traded {
  readonly address: Address;
  readonly symbol: string;
  /** [18 dec] that the account has */
  readonly balance: bigint;
  /** Priced by what remains of it: it pays itself down. */
  readonly isAmortising: boolean;
}

/** What the account's open orders may take of a token or money already [base units]. */
export function committedOf(own: readonly Fillable[], asset: Address, remaining: bigint): bigint {
  return own.reduce((sum, { order, left }) => {
    if ((order.is_buy ? order.money : order.token) !== asset) return sum;
    return sum + (order.is_buy ? spotCost(order, left, remaining) : left);
  }, 0n);
}
