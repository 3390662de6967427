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
/** What was mined is paid up to so many hashprices. */
const MAX_HASHPRICES = 4n;
/** What is guaranteed is paid up to so many quarters of the hashprice less the pool fee. */
const MAX_TOPPED_QUARTERS = 5n;
const MAX_RATE_SHIFT = 16n;
const POWER_SCALE = 10n ** 9n * 3_600_000n;

/** What a day's arithmetic works on besides the work itself. */
interface Inputs {
  readonly terms: RewardTerms;
  readonly facts: RewardFacts;
  readonly heldWork: bigint;
  readonly basePerSat: bigint;
}

/** Work out a day; `isDeemed` when no output report counts. */
export function dayReward(
  terms: RewardTerms,
  facts: RewardFacts,
  heldWork: bigint,
  basePerSat: bigint,
  isDeemed: boolean,
): DayReward {
  const inputs = { terms, facts, heldWork, basePerSat };
  return isDeemed ? atHashprice(inputs, heldWork, undefined) : reported(inputs);
}

/** What was mined, or what is guaranteed, whichever leaves more. */
function reported(inputs: Inputs): DayReward {
  const { terms, facts, heldWork, basePerSat } = inputs;
  const deliveredWork = credibleWork(terms, facts);
  const guaranteed = (terms.guaranteed_uptime_bps * heldWork) / MAX_BPS;
  if (deliveredWork === 0n) return atHashprice(inputs, guaranteed, 0n);
  const market = facts.hashprice_wad * basePerSat;
  const atOwnRate = (work: bigint, ceiling: bigint, per: bigint): DayReward => {
    const credited = (facts.credited_sats * basePerSat * work) / deliveredWork;
    return net(inputs, min(credited, (ceiling * work) / per), work, deliveredWork);
  };
  const mined = atOwnRate(min(heldWork, deliveredWork), MAX_HASHPRICES * market, DAY_WAD);
  if (guaranteed <= mined.paidWork) return mined;
  const ceiling = MAX_TOPPED_QUARTERS * market * (MAX_BPS - terms.pool_fee_bps);
  const topped = atOwnRate(guaranteed, ceiling, 4n * MAX_BPS * DAY_WAD);
  return topped.reward > mined.reward ? topped : mined;
}

/** Work of the hashrate reported, at most what the credit bears out: `D'`, rounded down. */
function credibleWork(terms: RewardTerms, facts: RewardFacts): bigint {
  if (facts.hashprice_wad === 0n) return 0n;
  const divisor = (MAX_BPS - terms.pool_fee_bps - TOLERANCE_BPS) * facts.hashprice_wad;
  const borneOut = (facts.credited_sats * MAX_BPS * DAY_WAD) / divisor;
  return min(DAY_SECONDS * facts.delivered_ths, borneOut);
}

/** Work at the day's hashprice less the pool fee. */
function atHashprice(inputs: Inputs, work: bigint, deliveredWork: bigint | undefined): DayReward {
  const { terms, facts, basePerSat } = inputs;
  const rate = facts.hashprice_wad * (MAX_BPS - terms.pool_fee_bps) * basePerSat;
  return net(inputs, (rate * work) / (MAX_BPS * DAY_WAD), work, deliveredWork);
}

/** What work leaves after its fees: never negative, never more than a rate can hold. */
function net(
  { terms, facts, heldWork, basePerSat }: Inputs,
  gross: bigint,
  paidWork: bigint,
  deliveredWork: bigint | undefined,
): DayReward {
  const { power, service } = fees(terms, facts.btc_usd_e8, paidWork, basePerSat);
  const left = max(gross - power - service, 0n);
  const reward = min(left, heldWork >> MAX_RATE_SHIFT);
  return { heldWork, deliveredWork, paidWork, gross, power, service, reward };
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
