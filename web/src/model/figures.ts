// SPDX-License-Identifier: AGPL-3.0-only
// Figures of a series that are quotients of others.

import { type DayReward, dayReward, type RewardTerms } from "./day_reward";
import { bpsOf, DAY_SECONDS, WAD } from "./units";

const SATS_PER_BTC = 10n ** 8n;
const PRICE_UNIT = 10n ** 8n;
/** [bps] of attested over issued hashrate */
const FULL_BPS = 10_000n;
const BARE_BACKING_BPS = 9_000n;
/** [tenths of a day] below which a bond is thin, and very thin */
const THIN_TENTHS = 140n;
const BARE_TENTHS = 70n;

/** How safe something is, for a colour and a word. */
export type Grade = "safe" | "thin" | "bare";

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

/** How long the bond pays, in a word: a week and two are the lines. */
export function bondGrade(tenths: bigint): Grade {
  if (tenths < BARE_TENTHS) return "bare";
  return tenths < THIN_TENTHS ? "thin" : "safe";
}

/** How much of what was sold ran: all of it, nearly all, less. */
export function backingGrade(bps: bigint): Grade {
  if (bps < BARE_BACKING_BPS) return "bare";
  return bps < FULL_BPS ? "thin" : "safe";
}

/** What 1 TH/s held throughout came to a day, as a mean over days. */
export interface MeanDay {
  readonly days: number;
  /** [sat per TH/s per day, 1e18] each rounded down once a day and once for the mean */
  readonly gross: bigint;
  readonly power: bigint;
  readonly service: bigint;
  readonly net: bigint;
  /** [USD per TH/s per day, 1e18] each day at its own price */
  readonly netUsd: bigint;
  /** On some day the costs were above the gross. */
  readonly isOverrun: boolean;
}

/** A day with money in base units, and its price [USD per BTC, 1e8]. */
export type PricedDay = DayReward & { readonly btcUsdE8: bigint };

/** The mean of some days; days on which nobody held anything say nothing and are left out. */
export function meanDay(all: readonly PricedDay[], basePerSat: bigint): MeanDay | undefined {
  const days = all.filter(({ heldWork }) => heldWork > 0n);
  if (days.length === 0) return undefined;
  const perThDay = (base: bigint, { heldWork }: PricedDay): bigint =>
    (base * DAY_SECONDS * WAD * WAD) / (heldWork * basePerSat);
  const mean = (of: (day: PricedDay) => bigint): bigint =>
    days.reduce((sum, day) => sum + of(day), 0n) / BigInt(days.length);
  return {
    days: days.length,
    gross: mean((day) => perThDay(day.gross, day)),
    power: mean((day) => perThDay(day.power, day)),
    service: mean((day) => perThDay(day.service, day)),
    net: mean((day) => perThDay(day.reward, day)),
    netUsd: mean((day) => (perThDay(day.reward, day) * day.btcUsdE8) / (SATS_PER_BTC * PRICE_UNIT)),
    isOverrun: days.some(({ gross, power, service }) => power + service > gross),
  };
}

/** Money [base units] in USD [1e8] at a price of bitcoin, rounded down. */
export function usdE8(base: bigint, basePerSat: bigint, btcUsdE8: bigint): bigint {
  return (base * btcUsdE8) / (basePerSat * SATS_PER_BTC);
}
