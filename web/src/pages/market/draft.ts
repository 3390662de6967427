// SPDX-License-Identifier: AGPL-3.0-only
// A ticket as it is typed, and what is understood of it.

import { type Signal, signal } from "@preact/signals";
import type { Forward } from "../../chain/forwards";
import { isInBand } from "../../model/forward";
import type { Peg } from "../../model/forward_order";
import type { WantedLeg } from "../../model/ticket";
import { integerOf, market, plain } from "./texts";

export const KINDS = ["limit", "pegged", "strip", "spread", "sweep"] as const;
export type Kind = (typeof KINDS)[number];

export interface Draft {
  readonly kind: Kind;
  readonly isBuy: boolean;
  readonly contracts: string;
  readonly price: string;
  readonly days: string;
  /** Windows beside this one: of a strip any, of a spread the first. */
  readonly others: readonly bigint[];
  /** Their prices, by contract. */
  readonly prices: Readonly<Record<string, string>>;
  readonly offset: string;
  readonly low: string;
  readonly high: string;
  readonly meanDays: string;
}

/** By contract: what is typed outlives the form, which goes and comes with what is read. */
const tickets = new Map<bigint, Signal<Draft>>();

const MAX_DAYS = 30n;
const MAX_LEGS = 12;
const MAX_MEAN = 7n;
/** [days] how old the newest final day may be that a peg follows */
const MAX_AGE = 2n;

/** A ticket before anything is typed: one contract at the index. */
function emptyDraft({ index, band }: Forward): Draft {
  return {
    ...{ kind: "limit", isBuy: true, contracts: "1", days: "1", others: [], prices: {} },
    price: (index ?? band.floor_ticks).toString(),
    ...{ offset: "0", low: `${band.floor_ticks}`, high: `${band.cap_ticks}`, meanDays: "1" },
  };
}

/** The ticket of a contract as it stands. */
export function ticketOf(forward: Forward): Signal<Draft> {
  const known = tickets.get(forward.id) ?? signal(emptyDraft(forward));
  tickets.set(forward.id, known);
  return known;
}

/** What is wrong with a field, by its name; prices of other windows by their number. */
export type Problems = Readonly<Record<string, string | undefined>>;

export interface Understood {
  /** All that is needed is typed, and makes sense. */
  readonly isWhole: boolean;
  readonly problems: Problems;
  readonly count: bigint;
  readonly price: bigint;
  readonly days: bigint;
  /** At the price that locks most. */
  readonly legs: readonly WantedLeg<Forward>[];
  readonly peg: Peg | undefined;
}

/** Windows that a ticket of a contract can trade beside it. */
export function companions(forward: Forward, forwards: readonly Forward[], now: number): Forward[] {
  return forwards.filter(
    ({ id, token, metric, band }) =>
      id !== forward.id &&
      token === forward.token &&
      metric === forward.metric &&
      band.first_day * 86_400n > BigInt(now),
  );
}

export function understand(draft: Draft, forward: Forward, others: readonly Forward[]): Understood {
  const texts = market.value.ticket;
  const problems: Record<string, string | undefined> = {};
  const count = integerOf(draft.contracts) ?? 0n;
  if (count === 0n) problems["contracts"] = texts.badContracts;
  const days = integerOf(draft.days) ?? 0n;
  if (draft.kind !== "sweep" && (days < 1n || days > MAX_DAYS)) problems["days"] = texts.badDays;
  const price = draft.kind === "pegged" ? 0n : priceIn(draft.price, forward, problems, "price");
  const peg = draft.kind === "pegged" ? pegOf(draft, forward, problems) : undefined;
  const chosen = draft.kind === "strip" || draft.kind === "spread" ? draft.others : [];
  const beside = others.filter(({ id }) => chosen.includes(id));
  const isFew = draft.kind === "strip" ? beside.length === 0 : beside.length !== 1;
  const needsOthers = draft.kind === "strip" || draft.kind === "spread";
  if (needsOthers && (isFew || beside.length >= MAX_LEGS)) problems["others"] = texts.badWindows;
  const worst = peg === undefined ? price : draft.isBuy ? peg.high_ticks : peg.low_ticks;
  const legs = [
    { forward, isBuy: draft.isBuy, priceTicks: worst },
    ...beside.map((other) => ({
      forward: other,
      isBuy: draft.kind === "spread" ? !draft.isBuy : draft.isBuy,
      priceTicks: priceIn(draft.prices[`${other.id}`] ?? "", other, problems, `${other.id}`),
    })),
  ];
  const isWhole = Object.values(problems).every((problem) => problem === undefined);
  return { isWhole, problems, count, price, days, legs, peg };
}

function priceIn(
  text: string,
  { band }: Forward,
  problems: Record<string, string | undefined>,
  name: string,
): bigint {
  const price = integerOf(text);
  if (price !== undefined && isInBand(band, price)) return price;
  problems[name] = market.value.ticket.badPrice(plain(band.floor_ticks), plain(band.cap_ticks));
  return price ?? 0n;
}

function pegOf(
  draft: Draft,
  forward: Forward,
  problems: Record<string, string | undefined>,
): Peg | undefined {
  const texts = market.value.ticket;
  const offset = integerOf(draft.offset, true);
  const mean = integerOf(draft.meanDays) ?? 0n;
  const low = priceIn(draft.low, forward, problems, "low");
  const high = priceIn(draft.high, forward, problems, "high");
  if (offset === undefined) problems["offset"] = texts.badOffset;
  if (mean < 1n || mean > MAX_MEAN) problems["meanDays"] = texts.badMean;
  if (low > high) problems["high"] ??= texts.badBounds;
  if (offset === undefined) return undefined;
  return {
    ...{ mean_days: mean, max_age_days: MAX_AGE, offset_ticks: offset },
    ...{ low_ticks: low, high_ticks: high },
  };
}
