// SPDX-License-Identifier: AGPL-3.0-only
// Figures of a series that are quotients of others.

import { type DayReward, dayReward, type RewardTerms } from "./day_reward";
import { bpsOf, DAY_SECONDS } from "./units";

/** Hashprice and price of a reported day. */
export interface Market {
  readonly hashpriceWad: bigint;
  readonly btcUsdE8: bigint;
}

/** Attested over issued hashrate [bps], rounded down. */
export function backingBps(attestedThs: bigint, supplyThs: bigint): bigint | undefined {
  return bpsOf(attestedThs, supplyThs);
}

/** A day's reward [base units] of some hashrate at full delivery. */
export function fullDay(
  terms: RewardTerms,
  market: Market,
  supplyThs: bigint,
  basePerSat: bigint,
): DayReward {
  const facts = {
    hashprice_wad: market.hashpriceWad,
    btc_usd_e8: market.btcUsdE8,
    credited_sats: 0n,
    delivered_ths: 0n,
  };
  return dayReward(terms, facts, supplyThs * DAY_SECONDS, basePerSat, true);
}

/** Tenths of a day that the bond pays at the newest reward, rounded down. */
export function bondCoverTenths(bond: bigint, dayRewardBase: bigint): bigint | undefined {
  return dayRewardBase === 0n ? undefined : (bond * 10n) / dayRewardBase;
}
