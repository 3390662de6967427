// SPDX-License-Identifier: AGPL-3.0-only
// What a purchase comes to under the visitor's own assumptions: day after day by the rules of the
// contracts, in integers. Only the assumptions are guesses; every rounding is against the buyer.

import { dayReward, type RewardTerms } from "./day_reward";
import { ceilDiv, DAY_SECONDS, WAD } from "./units";

/** What the visitor believes. */
export interface Assumptions {
  /** [bps] by which difficulty grows at each retarget, about every two weeks; above -10,000 */
  readonly growthBps: bigint;
  /** [USD per BTC, 1e8] throughout */
  readonly btcUsdE8: bigint;
}

/** Where the day is that the assumptions start from. */
export interface Start {
  /** [sat per TH/s per day, 1e18] */
  readonly hashpriceWad: bigint;
  /** [height] newest block */
  readonly height: bigint;
  /** [days] that are looked at: the rest of the series, ten years at most */
  readonly days: number;
}

/** How a purchase goes. */
export interface Outlook {
  /** [days] after which it has earned what it cost; `undefined`: not within the days looked at */
  readonly paybackDays: number | undefined;
  /** [bps] of the cost that comes back within the days looked at */
  readonly backBps: bigint;
  /** The first day on which power and fees take all; `undefined` if there is none */
  readonly stopDay: number | undefined;
  readonly days: number;
}

/** [TH/s, 18 dec] that is looked at: so much that a satoshi of rounding means nothing */
export const LOT_THS = 10n ** 6n * WAD;
export const MAX_DAYS = 3_650;
const MAX_BPS = 10_000n;
const RETARGET_DAYS = 14;
const HALVING_BLOCKS = 210_000n;
const BLOCKS_PER_DAY = 144n;

/** Money [base units] as reward [base units]: bitcoin as it is, dollars at the price; up. */
export function costInReward(
  cost: bigint,
  decimals: number,
  kind: "bitcoin" | "dollar",
  { btcUsdE8 }: Assumptions,
  rewardDecimals: number,
): bigint {
  const one = 10n ** BigInt(rewardDecimals);
  if (kind === "bitcoin") return ceilDiv(cost * one, 10n ** BigInt(decimals));
  return ceilDiv(cost * one * 10n ** 8n, 10n ** BigInt(decimals) * btcUsdE8);
}

/** How a lot goes that costs so much [reward base units]. */
export function outlook(
  terms: RewardTerms,
  basePerSat: bigint,
  cost: bigint,
  { growthBps, btcUsdE8 }: Assumptions,
  start: Start,
): Outlook {
  let hashprice = start.hashpriceWad;
  let height = start.height;
  let earned = 0n;
  let paybackDays: number | undefined;
  let stopDay: number | undefined;
  for (let day = 0; day < start.days; day++) {
    const before = height / HALVING_BLOCKS;
    if (day > 0) height += BLOCKS_PER_DAY;
    // all of it halves, fees too: less than will be
    if (height / HALVING_BLOCKS > before) hashprice /= 2n;
    if (day > 0 && day % RETARGET_DAYS === 0) {
      hashprice = (hashprice * MAX_BPS) / (MAX_BPS + growthBps);
    }
    const facts = {
      ...{ hashprice_wad: hashprice, btc_usd_e8: btcUsdE8 },
      ...{ credited_sats: 0n, delivered_ths: 0n },
    };
    const { reward } = dayReward(terms, facts, LOT_THS * DAY_SECONDS, basePerSat, true);
    if (reward === 0n) stopDay ??= day;
    earned += reward;
    if (earned >= cost) paybackDays ??= day + 1;
  }
  const backBps = cost === 0n ? MAX_BPS : (earned * MAX_BPS) / cost;
  return { paybackDays, backBps, stopDay, days: start.days };
}

/** What a year of a mean day earns of its cost [bps], both in satoshi per TH/s [1e18]; down. */
export function yearlyBps(netWad: bigint, costWad: bigint): bigint | undefined {
  return costWad === 0n ? undefined : (netWad * 365n * MAX_BPS) / costWad;
}
