// SPDX-License-Identifier: AGPL-3.0-only
// What a ticket means before it is signed: what it pays, what can be lost and gained, what it closes.

import { type Fill, type LiveOrder, priceOf } from "./book";
import { type Band, isInBand, legPayment, stakeOf } from "./forward";
import type { Peg } from "./forward_order";
import { Fraction, sumOf, whole } from "./fraction";
import { max, min, sum } from "./units";

/** A contract as far as a ticket knows it. */
export interface Traded {
  readonly id: bigint;
  readonly band: Band;
  /** [contracts] that the account has */
  readonly long: bigint;
  readonly short: bigint;
}

/** A leg that is wanted, one contract a unit. */
export interface WantedLeg<F extends Traded = Traded> {
  readonly forward: F;
  readonly isBuy: boolean;
  readonly priceTicks: bigint;
}

/** What the whole of an order comes to [base units]. */
export interface Assessment {
  /** At most pulled from the account: the order's `max_collateral`. */
  readonly locked: bigint;
  /** Paid out to the account if all of it is taken now, because of what it closes. */
  readonly released: bigint;
  readonly mostLost: bigint;
  readonly mostGained: bigint;
  /** [contracts] of each leg that close the account's other side. */
  readonly closed: readonly bigint[];
}

/**
 * Assess an order. A leg counts on what it closes only where the account has the other side for all
 * of it, since an order may be taken in parts; a peg counts on nothing, as the book has it.
 */
export function assess(
  legs: readonly WantedLeg[],
  quantity: bigint,
  isPegged: boolean,
): Assessment | undefined {
  const stakes = legs.map(({ forward, isBuy, priceTicks }) =>
    stakeOf(forward.band, isBuy, priceTicks, quantity),
  );
  if (stakes.includes(undefined)) return undefined;
  const closed = legs.map(({ forward, isBuy }) =>
    min(isBuy ? forward.short : forward.long, quantity),
  );
  const payments = legs.map(({ forward, isBuy, priceTicks }, i) => {
    const counted = !isPegged && closed[i] === quantity ? quantity : 0n;
    return legPayment(forward.band, isBuy, priceTicks, quantity, counted);
  });
  const present = legs.map(({ forward, isBuy, priceTicks }, i) =>
    legPayment(forward.band, isBuy, priceTicks, quantity, closed[i] ?? 0n),
  );
  return {
    locked: max(sum(payments), 0n),
    released: max(-sum(present), 0n),
    mostLost: sum(stakes.map((stake) => stake?.locked ?? 0n)),
    mostGained: sum(stakes.map((stake) => stake?.mostGained ?? 0n)),
    closed,
  };
}

/** What a fill asks of its order, exactly as much as was promised. */
export interface FillTerms {
  readonly fill: Fill;
  /** [base units] */
  readonly maxPay: bigint;
  readonly minReceive: bigint;
}

/** What taking some orders of one contract comes to [base units]. */
export interface Taking {
  readonly fills: readonly FillTerms[];
  readonly contracts: bigint;
  /** Pulled from the account, each fill on its own. */
  readonly locked: bigint;
  /** Paid out to it, because of what is closed. */
  readonly released: bigint;
  readonly mostLost: bigint;
  readonly mostGained: bigint;
  readonly closed: bigint;
  /** [tick] */
  readonly mean: Fraction;
}

/** Assess what taking orders of one leg costs; `isBuy` is the taker's side. */
export function assessFills(
  { band, long, short }: Traded,
  isBuy: boolean,
  fills: readonly Fill[],
): Taking | undefined {
  let held = isBuy ? short : long;
  const terms: FillTerms[] = [];
  let [lost, gained] = [0n, 0n];
  for (const fill of fills) {
    const price = priceOf(fill.live);
    const stake = stakeOf(band, isBuy, price, fill.units);
    if (stake === undefined || !isInBand(band, price)) return undefined;
    const closed = min(held, fill.units);
    held -= closed;
    const paid = legPayment(band, isBuy, price, fill.units, closed);
    terms.push({ fill, maxPay: max(paid, 0n), minReceive: max(-paid, 0n) });
    lost += stake.locked;
    gained += stake.mostGained;
  }
  const contracts = sum(fills.map(({ units }) => units));
  if (contracts === 0n) return undefined;
  const ticks = fills.map(({ live, units }) => whole(priceOf(live) * units));
  return {
    fills: terms,
    contracts,
    locked: sum(terms.map(({ maxPay }) => maxPay)),
    released: sum(terms.map(({ minReceive }) => minReceive)),
    mostLost: lost,
    mostGained: gained,
    closed: (isBuy ? short : long) - held,
    mean: sumOf(ticks).by(whole(contracts)),
  };
}

/** Assess taking some units of an order of several legs; `known` are the legs' contracts. */
export function assessLinked(
  live: LiveOrder,
  units: bigint,
  known: readonly Traded[],
): (Assessment & { readonly terms: FillTerms }) | undefined {
  const parts = live.legs.map(({ series, is_buy, price_ticks, ratio }) => {
    const traded = known.find(({ id }) => id === series);
    if (traded === undefined) return undefined;
    const [isBuy, contracts] = [!is_buy, units * ratio];
    const stake = stakeOf(traded.band, isBuy, price_ticks, contracts);
    const closed = min(isBuy ? traded.short : traded.long, contracts);
    const paid = legPayment(traded.band, isBuy, price_ticks, contracts, closed);
    return stake && { ...stake, closed, paid };
  });
  if (parts.includes(undefined)) return undefined;
  const whole = parts.flatMap((part) => part ?? []);
  const paid = sum(whole.map((part) => part.paid));
  const [locked, released] = [max(paid, 0n), max(-paid, 0n)];
  return {
    ...{ locked, released },
    mostLost: sum(whole.map((part) => part.locked)),
    mostGained: sum(whole.map((part) => part.mostGained)),
    closed: whole.map((part) => part.closed),
    terms: { fill: { live, units }, maxPay: locked, minReceive: released },
  };
}

/**
 * The price [tick] of a peg if it were filled now; `undefined` where the index is silent, or the peg
 * follows more days than the newest one.
 */
export function pegPrice(peg: Peg, index: bigint | undefined): bigint | undefined {
  if (index === undefined || peg.mean_days !== 1n) return undefined;
  return min(max(index + peg.offset_ticks, peg.low_ticks), peg.high_ticks);
}

/** The mean price [tick] at which a strip of one side breaks even, by the worth of its windows. */
export function evenOf(legs: readonly WantedLeg[]): Fraction {
  const worths = legs.map(
    ({ forward: { band } }) => (band.end_day - band.first_day) * band.tick_value,
  );
  const cost = sum(legs.map(({ priceTicks }, i) => priceTicks * (worths[i] ?? 0n)));
  return new Fraction(cost, sum(worths));
}
