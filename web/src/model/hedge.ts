// SPDX-License-Identifier: AGPL-3.0-only
// A fleet's hedge: the arithmetic of `ape run hedge`, number for number. Exact fractions; vectors
// that Python works out keep the two together.

import { METRICS } from "./curve";
import { type Band, payouts, stakeOf } from "./forward";
import { Fraction, floorDiv, ONE, sumOf, whole, ZERO } from "./fraction";
import { dateOf, min } from "./units";

const HOURS_PER_DAY = 24n;
const DAYS_PER_YEAR = 365n;
/** [days] an ordinary last day is final half a day after it was posted */
const RELEASE_DAYS = 1n;
const WAD_PER_SAT_PHS = 10n ** 15n;
const SATS_PER_BTC = 10n ** 8n;
const USD_E8 = 10n ** 8n;
/** Hashprice times a price, in what a dollar of a PH/s and day is. */
const USD_PER_DAY = WAD_PER_SAT_PHS * SATS_PER_BTC * USD_E8;
const WAD_PER_USD_E8 = 10n ** 16n;
const RISE = new Fraction(1n, 5n);

/** A miner. Shares are from 0 to 1. */
export interface Fleet {
  /** [PH/s] */
  readonly hashrate: Fraction;
  /** [J/TH] machines, cooling and losses */
  readonly joules: Fraction;
  /** [USD/kWh] */
  readonly usdPerKwh: Fraction;
  readonly poolFee: Fraction;
  readonly uptime: Fraction;
  /** [USD/kWh] machines rest on a day on which a kWh mines less; left out, they never rest */
  readonly curtailAbove?: Fraction | undefined;
  /** [USD] a month */
  readonly fixedUsd: Fraction;
}

/** A day: hashprice [sat per TH/s and day, 1e18] and bitcoin's price [USD, 1e8]. */
export interface MarketDay {
  readonly hashpriceWad: bigint;
  readonly btcUsdE8: bigint;
}

/** A window that can be sold. */
export interface Month {
  readonly metric: bigint;
  readonly scale: bigint;
  readonly band: Band;
  /** Base units of its money that are one [bitcoin, or dollar] */
  readonly unit: bigint;
  /** [tick] at which it is sold */
  readonly priceTicks: bigint;
}

/** What locked money costs: simple interest a year, from a day on. */
export interface Capital {
  readonly rate: Fraction;
  readonly since: bigint;
}

/** What a window brings, whatever was sold [USD]. */
export interface MonthCourse {
  readonly mined: Fraction;
  readonly power: Fraction;
  readonly fixed: Fraction;
  /** Days on which mining was not worth it. */
  readonly atRest: number;
  /** [USD, 1e8] of its last day */
  readonly closeE8: bigint;
  /** [base units] of one SHORT */
  readonly short: bigint;
}

/** What became of all windows and of what was sold of them [USD]. */
export interface Outcome<N = Story> {
  /** The story, or the month with which history begins again. */
  readonly story: N;
  readonly months: readonly MonthCourse[];
  readonly mined: Fraction;
  readonly costs: Fraction;
  readonly atRest: number;
  readonly forwards: Fraction;
  readonly capital: Fraction;
  readonly unhedged: Fraction;
  readonly hedged: Fraction;
}

export type Story = "flat" | "difficulty" | "bitcoin" | "halving";

/** Hashrate whose revenue a fleet keeps [PH/s]: what runs, after the pool's fee. */
export function exposureOf({ hashrate, uptime, poolFee }: Fleet): Fraction {
  return hashrate.times(uptime).times(ONE.minus(poolFee));
}

/** Contracts that carry a share of a fleet's revenue, rounded down: no more is sold. */
export function contractsOf(fleet: Fleet, share: Fraction): bigint {
  return exposureOf(fleet).times(share).floor();
}

/** The price [tick] of a window if nothing is to change, rounded down. */
export function markNow(
  { hashpriceWad, btcUsdE8 }: MarketDay,
  metric: bigint,
  scale: bigint,
): bigint {
  if (metric === METRICS.sats) return hashpriceWad / scale;
  return usdWad(hashpriceWad, btcUsdE8) / scale;
}

/** [USD per TH/s and day, 1e18], with the oracle's floor. */
function usdWad(hashpriceWad: bigint, btcUsdE8: bigint): bigint {
  return (hashpriceWad * btcUsdE8) / WAD_PER_USD_E8;
}

/** The days of all windows in a story; `fees` is the share of fees in the hashprice now. */
function daysOf(
  story: Story,
  spot: MarketDay,
  months: readonly Month[],
  fees: Fraction,
): MarketDay[] {
  const count = Number(months.reduce((sum, { band }) => sum + lengthOf(band), 0n));
  const first = lengthOf(months[0]?.band);
  const half = new Fraction(1n, 2n);
  const after = fees.plus(ONE.minus(fees).times(half));
  return Array.from({ length: count }, (_, index) => {
    if (story === "difficulty") {
      const passed = min(BigInt(index) + 1n, first);
      const risen = RISE.times(new Fraction(passed, first));
      return moved(spot, ONE.by(ONE.plus(risen)), ONE);
    }
    if (story === "bitcoin") return moved(spot, ONE, half);
    if (story === "halving") return moved(spot, index < Math.floor(count / 2) ? ONE : after, ONE);
    return spot;
  });
}

/** One floor for each number. */
function moved(spot: MarketDay, hashprice: Fraction, price: Fraction): MarketDay {
  return {
    hashpriceWad: hashprice.times(whole(spot.hashpriceWad)).floor(),
    btcUsdE8: price.times(whole(spot.btcUsdE8)).floor(),
  };
}

function lengthOf(band: Band | undefined): bigint {
  return band === undefined ? 0n : band.end_day - band.first_day;
}

/** [USD of a PH/s and day, over `USD_PER_DAY`] that a day has to bring, or the machines rest. */
function leastWorth({ curtailAbove, poolFee }: Fleet, kwhPerDay: Fraction): Fraction {
  const kept = ONE.minus(poolFee);
  if (curtailAbove === undefined || kept.over === 0n) return ZERO;
  return curtailAbove.times(kwhPerDay).by(kept).times(whole(USD_PER_DAY));
}

function courseOf(fleet: Fleet, month: Month, days: readonly MarketDay[]): MonthCourse {
  const kwhPerDay = whole(HOURS_PER_DAY).times(fleet.joules);
  const powerPerDay = kwhPerDay.times(fleet.usdPerKwh).times(fleet.hashrate).times(fleet.uptime);
  const least = leastWorth(fleet, kwhPerDay);
  const mining = days
    .map(({ hashpriceWad, btcUsdE8 }) => hashpriceWad * btcUsdE8)
    .filter((worth) => worth * least.under >= least.over);
  const perPhs = new Fraction(
    mining.reduce((sum, worth) => sum + worth, 0n),
    USD_PER_DAY,
  );
  const sum = days
    .map(({ hashpriceWad, btcUsdE8 }) =>
      month.metric === METRICS.sats ? hashpriceWad : usdWad(hashpriceWad, btcUsdE8),
    )
    .reduce((total, each) => total + each, 0n);
  return {
    mined: perPhs.times(exposureOf(fleet)),
    power: powerPerDay.times(whole(BigInt(mining.length))),
    fixed: fleet.fixedUsd,
    atRest: days.length - mining.length,
    closeE8: days.at(-1)?.btcUsdE8 ?? 0n,
    short: payouts(month.band, month.scale, sum).short,
  };
}

/** An amount of a window's money [base units] in dollars at a price of bitcoin [USD, 1e8]. */
function usdOf({ metric, unit }: Month, amount: Fraction, btcUsdE8: bigint): Fraction {
  const coins = amount.by(whole(unit));
  return metric === METRICS.usd ? coins : coins.times(new Fraction(btcUsdE8, USD_E8));
}

/** [base units] that so many contracts of a window lock. */
export function lockedOf({ band, priceTicks }: Month, quantity: bigint): bigint {
  return stakeOf(band, false, priceTicks, quantity)?.locked ?? 0n;
}

/** All that a hedge is worked out from. */
export interface Plan {
  readonly fleet: Fleet;
  readonly spot: MarketDay;
  readonly months: readonly Month[];
  readonly capital: Capital;
  /** Share of fees in the hashprice now. */
  readonly fees: Fraction;
}

const STORIES: readonly Story[] = ["flat", "difficulty", "bitcoin", "halving"];

/** What becomes of a plan in each story if so many contracts of each window are sold. */
export function outcomesOf(plan: Plan, quantity: bigint): Outcome[] {
  return coursesOf(plan).map((course) => settle(plan, course, quantity));
}

interface Course<N> {
  readonly story: N;
  readonly months: readonly MonthCourse[];
}

function coursesOf({ fleet, spot, months, fees }: Plan): Course<Story>[] {
  return STORIES.map((story) => courseFor(story, fleet, months, daysOf(story, spot, months, fees)));
}

/** Let days pass over a fleet. */
function courseFor<N>(
  story: N,
  fleet: Fleet,
  months: readonly Month[],
  days: readonly MarketDay[],
): Course<N> {
  let begin = 0;
  const courses = months.map((month) => {
    const end = begin + Number(lengthOf(month.band));
    const course = courseOf(fleet, month, days.slice(begin, end));
    begin = end;
    return course;
  });
  return { story, months: courses };
}

/** [days] whose mean hashprice counts as the level before a window */
const BASE_DAYS = 7;

/**
 * Play the real days again from today's level, from every past month that they hold whole: each
 * day's hashprice by the mean of the seven days before its window, each close by the close before.
 * Nothing where the days hold no window.
 */
export function replaysOf(
  plan: Plan,
  quantity: bigint,
  past: readonly MarketDay[],
  firstDay: bigint,
): Outcome<string>[] {
  const { fleet, spot, months } = plan;
  const count = Number(months.reduce((sum, { band }) => sum + lengthOf(band), 0n));
  const outcomes: Outcome<string>[] = [];
  for (let start = BASE_DAYS; start + count <= past.length; start++) {
    const date = dateOf(firstDay + BigInt(start));
    if (date.getUTCDate() !== 1) continue;
    const base = past.slice(start - BASE_DAYS, start);
    const sum = base.reduce((total, { hashpriceWad }) => total + hashpriceWad, 0n);
    const mean = sum / BigInt(BASE_DAYS); // rounds down, as the library's level does
    const close = base.at(-1)?.btcUsdE8 ?? 0n;
    if (mean === 0n || close === 0n) continue;
    const days = past.slice(start, start + count).map(({ hashpriceWad, btcUsdE8 }) => ({
      // one floor each
      hashpriceWad: (spot.hashpriceWad * hashpriceWad) / mean,
      btcUsdE8: (spot.btcUsdE8 * btcUsdE8) / close,
    }));
    const name = date.toISOString().slice(0, 7);
    outcomes.push(settle(plan, courseFor(name, fleet, months, days), quantity));
  }
  return outcomes;
}

/** The worst, the middle and the best of some results, and how many of them are losses. */
export interface Spread {
  readonly worst: Fraction;
  readonly median: Fraction;
  readonly best: Fraction;
  readonly losses: number;
}

/** Sum up results; `undefined` of none. */
export function spreadOf(results: readonly Fraction[]): Spread | undefined {
  const sorted = [...results].sort((a, b) => (a.isBelow(b) ? -1 : b.isBelow(a) ? 1 : 0));
  const [worst, best] = [sorted[0], sorted.at(-1)];
  const median = sorted[Math.floor(sorted.length / 2)];
  if (worst === undefined || median === undefined || best === undefined) return undefined;
  return { worst, median, best, losses: sorted.filter((each) => each.isBelow(ZERO)).length };
}

function settle<N>(plan: Plan, { story, months }: Course<N>, quantity: bigint): Outcome<N> {
  const sold = plan.months.map((month, i) => {
    const { short = 0n, closeE8 = 0n } = months[i] ?? {};
    const locked = lockedOf(month, quantity);
    const days = whole(month.band.end_day + RELEASE_DAYS - plan.capital.since);
    const cost = whole(locked).times(plan.capital.rate).times(days).by(whole(DAYS_PER_YEAR));
    return {
      gain: usdOf(month, whole(quantity * short - locked), closeE8),
      cost: usdOf(month, cost, closeE8),
    };
  });
  const mined = sumOf(months.map((month) => month.mined));
  const costs = sumOf(months.map(({ power, fixed }) => power.plus(fixed)));
  const forwards = sumOf(sold.map(({ gain }) => gain));
  const capital = sumOf(sold.map(({ cost }) => cost));
  const unhedged = mined.minus(costs);
  const hedged = unhedged.plus(forwards).minus(capital);
  const atRest = months.reduce((days, month) => days + month.atRest, 0);
  return { story, months, mined, costs, atRest, forwards, capital, unhedged, hedged };
}

/** The outcome with the least left, the first of equals. */
export function worstOf(outcomes: readonly Outcome[]): Outcome | undefined {
  return outcomes.reduce<Outcome | undefined>(
    (worst, each) => (worst === undefined || each.hedged.isBelow(worst.hedged) ? each : worst),
    undefined,
  );
}

/**
 * The least number of contracts a window that keeps every story at or above a debt, up to `most`;
 * `undefined` if none does. What is left of the worst story is concave in the number sold: it is
 * found by halving, first where it is greatest, then where it is enough.
 */
export function leastQuantity(plan: Plan, debt: Fraction, most: bigint): bigint | undefined {
  const courses = coursesOf(plan);
  const worst = (quantity: bigint): Fraction =>
    worstOf(courses.map((course) => settle(plan, course, quantity)))?.hedged ?? ZERO;
  const best = firstOf(most, (quantity) => !worst(quantity).isBelow(worst(quantity + 1n)));
  if (worst(best).isBelow(debt)) return undefined;
  return firstOf(best, (quantity) => !worst(quantity).isBelow(debt));
}

/** The first of 0 to `most` from which on a claim holds; `most` if it never does before. */
function firstOf(most: bigint, holds: (quantity: bigint) => boolean): bigint {
  let [low, high] = [0n, most];
  while (low < high) {
    const middle = (low + high) / 2n;
    if (holds(middle)) high = middle;
    else low = middle + 1n;
  }
  return low;
}

export type StepKind = "locked" | "mined" | "power" | "fixed" | "debt" | "released";

/** One movement of cash [USD]. */
export interface Step {
  readonly day: bigint;
  readonly month: number;
  readonly kind: StepKind;
  readonly usd: Fraction;
  /** All movements so far. */
  readonly cash: Fraction;
}

/** When money leaves and when it comes back, in the order of the days. */
export function cashLadder(
  plan: Plan,
  { months }: Outcome,
  quantity: bigint,
  debt: Fraction,
): Step[] {
  const moves = plan.months.flatMap((month, i) => {
    const course = months[i];
    if (course === undefined) return [];
    const end = month.band.end_day;
    const locked = usdOf(month, whole(lockedOf(month, quantity)), plan.spot.btcUsdE8);
    const released = usdOf(month, whole(quantity * course.short), course.closeE8);
    const all: readonly [bigint, StepKind, Fraction][] = [
      [plan.capital.since, "locked", ZERO.minus(locked)],
      [end, "mined", course.mined],
      [end, "power", ZERO.minus(course.power)],
      [end, "fixed", ZERO.minus(course.fixed)],
      [end, "debt", ZERO.minus(debt)],
      [end + RELEASE_DAYS, "released", released],
    ];
    return all.map(([day, kind, usd]) => ({ day, month: i, kind, usd }));
  });
  let cash = ZERO;
  return moves
    .filter(({ usd }) => usd.over !== 0n)
    .sort((a, b) => Number(a.day - b.day))
    .map((move) => {
      cash = cash.plus(move.usd);
      return { ...move, cash };
    });
}

/** Dollars in cents, rounded down: nobody counts on a part of a cent. */
export function centsOf(usd: Fraction): bigint {
  return floorDiv(usd.over * 100n, usd.under);
}
