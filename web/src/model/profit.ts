// SPDX-License-Identifier: AGPL-3.0-only
// What an account's trades in a contract have brought, at a value of LONG. Exact: only the average
// is a fraction, and it is rounded once, where it is split.

import { type Band, type Payouts, tickWorth } from "./forward";
import { whole, ZERO } from "./fraction";
import { max, min } from "./units";

/** A trade of an account. */
export interface OwnTrade {
  readonly isBuy: boolean;
  readonly priceTicks: bigint;
  readonly contracts: bigint;
}

/** What trades have brought [base units]. */
export interface Profit {
  /** Of all trades: quantity times what LONG is worth above its price, the opposite where sold. */
  readonly total: bigint;
  /** Of what was closed, at the average price of what was open. Rounded down. */
  readonly realised: bigint;
  /** The rest: the two are the total, to the unit. */
  readonly unrealised: bigint;
  /** [contracts] bought less sold */
  readonly open: bigint;
  /** [tick, 1e3] average price of what is open, rounded down; `undefined` where nothing is */
  readonly entryE3: bigint | undefined;
}

/** Add an account's trades in a contract up, the oldest first. */
export function profitOf(band: Band, trades: readonly OwnTrade[], value: Payouts): Profit {
  const worth = tickWorth(band);
  let [total, open] = [0n, 0n];
  let [cost, brought] = [ZERO, ZERO]; // ticks that what is open cost, that what was closed brought
  for (const { isBuy, priceTicks, contracts } of trades) {
    const signed = isBuy ? contracts : -contracts;
    const price = whole(priceTicks);
    total += signed * (value.long - worth * (priceTicks - band.floor_ticks));
    const closed = closedBy(open, signed);
    if (closed !== 0n) {
      const average = cost.by(whole(open));
      brought = brought.minus(price.minus(average).times(whole(closed)));
      cost = cost.plus(average.times(whole(closed)));
    }
    cost = cost.plus(price.times(whole(signed - closed)));
    open += signed;
  }
  const realised = brought.times(whole(worth)).floor();
  const entryE3 = open === 0n ? undefined : cost.by(whole(open)).times(whole(1_000n)).floor();
  return { total, realised, unrealised: total - realised, open, entryE3 };
}

/** [contracts] of a trade that close what is open; of the trade's sign. */
function closedBy(open: bigint, signed: bigint): bigint {
  if (open > 0n && signed < 0n) return max(signed, -open);
  if (open < 0n && signed > 0n) return min(signed, -open);
  return 0n;
}
