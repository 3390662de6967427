// SPDX-License-Identifier: AGPL-3.0-only
// What a day owes its holders: docs/rules.md 3, in the same integers as the contracts.

import { ceilDiv, DAY_SECONDS, max, min, WAD } from "./units";

/** Terms of a series that a day's reward depends on. */
export interface RewardTerms {
  readonly efficiency_mj_per_th: bigint;
  readonly power_price_usd_e6: bigint;
  readonly service_fee_wad: bigint;
  readonly pool_fee_bps: bigint;
  readonly guaranteed_uptime_bps: bigint;
}

/** Final facts of a day. */
export interface RewardFacts {
  readonly hashprice_wad: bigint;
  readonly btc_usd_e8: bigint;
  readonly credited_sats: bigint;
  readonly delivered_ths: bigint;
}

/** A day worked out; work in TH·s (18 decimals), money in base units. */
export interface DayReward {
  /** Work held that day, `T`. */
  readonly heldWork: bigint;
  /** Work delivered as far as the pool's credit bears it out, `D'`; `undefined` on a deemed day. */
  readonly deliveredWork: bigint | undefined;
  /** Work paid for, `W`. */
  readonly paidWork: bigint;
  readonly gross: bigint;
  readonly power: bigint;
  readonly service: bigint;
  /** Reward of the day, `R`. */
  readonly reward: bigint;
}

const MAX_BPS = 10_000n;
const DAY_WAD = DAY_SECONDS * 10n ** 36n;
const TOLERANCE_BPS = 200n;
const MAX_HASHPRICES = 4n;
const MAX_TOPPED_QUARTERS = 5n;
const MAX_RATE_SHIFT = 16n;
const POWER_SCALE = 10n ** 9n * 3_600_000n;

/** Work out a day; `isDeemed` when no output report counts. */
export function dayReward(
  terms: RewardTerms,
  facts: RewardFacts,
  heldWork: bigint,
  basePerSat: bigint,
  isDeemed: boolean,
): DayReward {
  const deliveredWork = isDeemed ? undefined : credibleWork(terms, facts);
  const afterFees = (gross: bigint, paidWork: bigint): DayReward => {
    const { power, service } = fees(terms, facts.btc_usd_e8, paidWork, basePerSat);
    const net = max(gross - power - service, 0n);
    const reward = min(net, heldWork >> MAX_RATE_SHIFT);
    return { heldWork, deliveredWork, paidWork, gross, power, service, reward };
  };
  const market = facts.hashprice_wad * basePerSat;
  const marketNet = market * (MAX_BPS - terms.pool_fee_bps);

  const guaranteed = isDeemed ? heldWork : (terms.guaranteed_uptime_bps * heldWork) / MAX_BPS;
  if (!deliveredWork) return afterFees((marketNet * guaranteed) / (MAX_BPS * DAY_WAD), guaranteed);
  const credit = facts.credited_sats * basePerSat;
  const mined = min(heldWork, deliveredWork);
  const earned = afterFees(
    min((credit * mined) / deliveredWork, (MAX_HASHPRICES * market * mined) / DAY_WAD),
    mined,
  );
  if (guaranteed <= mined) return earned;
  const topped = afterFees(
    min(
      (credit * guaranteed) / deliveredWork,
      (MAX_TOPPED_QUARTERS * marketNet * guaranteed) / (4n * MAX_BPS * DAY_WAD),
    ),
    guaranteed,
  );
  return topped.reward > earned.reward ? topped : earned;
}

/** Work of the hashrate reported, at most what the credit bears out: `D'`, rounded down. */
function credibleWork(terms: RewardTerms, facts: RewardFacts): bigint {
  if (facts.hashprice_wad === 0n) return 0n;
  const divisor = (MAX_BPS - terms.pool_fee_bps - TOLERANCE_BPS) * facts.hashprice_wad;
  const borneOut = (facts.credited_sats * MAX_BPS * DAY_WAD) / divisor;
  return min(DAY_SECONDS * facts.delivered_ths, borneOut);
}

/** Power and service of the work that ran, each rounded up. */
function fees(
  terms: RewardTerms,
  btcUsdE8: bigint,
  work: bigint,
  basePerSat: bigint,
): { power: bigint; service: bigint } {
  if (btcUsdE8 === 0n) return { power: 0n, service: 0n };
  const cost = terms.efficiency_mj_per_th * terms.power_price_usd_e6 * basePerSat * 10n ** 16n;
  return {
    power: ceilDiv(cost * work, WAD * POWER_SCALE * btcUsdE8),
    service: ceilDiv(terms.service_fee_wad * basePerSat * work, DAY_WAD),
  };
}
