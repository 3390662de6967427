// SPDX-License-Identifier: AGPL-3.0-only
// The ledger of a series' days, worked out from what the contracts store: two views a day, no events.

import { distributorAbi, oracleAbi, tokenAbi } from "../generated/abi";
import { type DayReward, dayReward } from "../model/day_reward";
import type { ShortDay } from "../model/entitlement";
import { DAY_SECONDS, max, min } from "../model/units";
import { NodeError, view } from "./reader";
import type { Series } from "./series";
import type { Session } from "./session";

/** [bytes] of one short day's answer are 128; so many are read at a time. */
const SHORT_DAYS_PART = 128n;

/** [s] to pay after an output that came late */
const NOTICE_SECONDS = DAY_SECONDS;

export type DayState =
  | "settled" // its money is paid or written down as arrears
  | "ready" // final, waits to be settled
  | "funds" // final, waits for the issuer's money or the end of its grace
  | "output" // final, waits for the output report
  | "window" // reported, still in the challenge window
  | "unreported";

/** One day of a series. Money in base units of the reward token, work in TH·s (18 decimals). */
export interface LedgerDay extends DayReward {
  readonly day: bigint;
  readonly state: DayState;
  /** No output report counts: the day is settled as fully delivered. */
  readonly isDeemed: boolean;
  /** The reward is known; otherwise the numbers are what the facts so far come to. */
  readonly isCertain: boolean;
  readonly paid: bigint;
  /** Still owed to the holders of the day. */
  readonly owed: bigint;
  readonly repaid: bigint;
  readonly hashpriceWad: bigint;
  readonly btcUsdE8: bigint;
  readonly creditedSats: bigint;
  readonly deliveredThs: bigint;
  /** [unix s]; 0 while there is no report */
  readonly finalAt: bigint;
  readonly outputFinalAt: bigint;
}

interface Facts {
  readonly hashprice_wad: bigint;
  readonly btc_usd_e8: bigint;
  readonly final_at: bigint;
  readonly credited_sats: bigint;
  readonly delivered_ths: bigint;
  readonly output_final_at: bigint;
}

/** The days [first, end) of a series, oldest first. */
export async function readLedgerDays(
  session: Session,
  series: Series,
  first: bigint,
  end: bigint,
  now: bigint,
  onPart?: (part: number) => void,
): Promise<LedgerDay[]> {
  const { reader, deployment } = session;
  const days: bigint[] = [];
  for (let day = first; day < end; day++) days.push(day);
  const answers = await reader.readSets(
    days.map((day) => ({
      facts: view(deployment.oracle, oracleAbi, "settlement_facts", [series.address, day]),
      held: view(series.token, tokenAbi, "total_ths_on", [day]),
    })),
    onPart,
  );
  const shortDays = await readShortDays(session, series, first);
  const silent = await readSilence(session, series);
  const byDay = new Map(shortDays.map((short) => [short.day, short]));
  return days.flatMap((day, i) => {
    const { facts, held } = answers[i] ?? {};
    if (facts === undefined || held === undefined) return [];
    const isSilent = day >= series.progress.silent_from;
    const known = isSilent ? { ...facts, ...silent, output_final_at: 0n } : facts;
    return ledgerDay(series, day, known, held, byDay.get(day), now, isSilent);
  });
}

/** What stands in for a silent oracle's facts; empty while it speaks. */
async function readSilence(
  { reader }: Session,
  { address, progress }: Series,
): Promise<Partial<Facts>> {
  if (progress.silenced_at === 0n) return {};
  const { hashprice, price } = await reader.read({
    hashprice: view(address, distributorAbi, "silent_hashprice_wad", []),
    price: view(address, distributorAbi, "silent_btc_usd_e8", []),
  });
  if (hashprice === undefined || price === undefined) {
    throw new NodeError("the silent days do not answer");
  }
  return {
    hashprice_wad: hashprice,
    btc_usd_e8: price,
    final_at: progress.silenced_at,
  };
}

/** Short days from `first` on, oldest first; read from the newest back. */
export async function readShortDays(
  { reader }: Session,
  { address, progress }: Series,
  first: bigint,
): Promise<ShortDay[]> {
  const found: ShortDay[] = [];
  for (let end = progress.shortfalls; end > 0n; end -= min(end, SHORT_DAYS_PART)) {
    const begin = end - min(end, SHORT_DAYS_PART);
    const places = Array.from({ length: Number(end - begin) }, (_, i) => begin + BigInt(i));
    const answers = await reader.readSets(
      places.map((place) => ({ short: view(address, distributorAbi, "short_days", [place]) })),
    );
    const part = answers.flatMap(({ short }) => (short === undefined ? [] : [short]));
    if (part.length < places.length) throw new NodeError("a short day does not answer");
    found.unshift(...part.filter(({ day }) => day >= first));
    if (part[0] === undefined || part[0].day < first) break;
  }
  return found;
}

function ledgerDay(
  series: Series,
  day: bigint,
  facts: Facts,
  heldWork: bigint,
  short: ShortDay | undefined,
  now: bigint,
  isSilent: boolean,
): LedgerDay {
  const deadline = facts.final_at + series.terms.output_deadline_seconds;
  const hasOutput = facts.output_final_at !== 0n && facts.output_final_at <= deadline;
  const isDeemed = isSilent || !hasOutput;
  const reward = dayReward(series.terms, facts, heldWork, series.basePerSat, isDeemed);
  const isSettled = day < series.progress.next_day;
  const state = isSettled ? "settled" : openState(series, facts, reward, hasOutput, isSilent, now);
  const repaid = short?.repaid ?? 0n;
  const shortOf = short?.owed ?? 0n;
  return {
    ...reward,
    day,
    state,
    isDeemed,
    isCertain: isSettled || state === "ready" || state === "funds",
    paid: isSettled ? reward.reward - shortOf : 0n,
    owed: isSettled ? shortOf - repaid : 0n,
    repaid,
    hashpriceWad: facts.hashprice_wad,
    btcUsdE8: facts.btc_usd_e8,
    creditedSats: facts.credited_sats,
    deliveredThs: facts.delivered_ths,
    finalAt: facts.final_at,
    outputFinalAt: facts.output_final_at,
  };
}

/** From when [unix s] the bond pays for the day; an output that came late leaves a day's notice. */
function dueAt({ terms }: Series, facts: Facts, hasOutput: boolean): bigint {
  const due = facts.final_at + terms.grace_seconds;
  return hasOutput ? max(due, facts.output_final_at + NOTICE_SECONDS) : due;
}

function openState(
  series: Series,
  facts: Facts,
  reward: DayReward,
  hasOutput: boolean,
  isSilent: boolean,
  now: bigint,
): DayState {
  if (reward.heldWork === 0n) return "ready";
  if (facts.final_at === 0n) return "unreported";
  if (now < facts.final_at) return "window";
  const deadline = facts.final_at + series.terms.output_deadline_seconds;
  if (!isSilent && hasOutput && now < facts.output_final_at) return "window";
  if (!isSilent && !hasOutput && now <= deadline) return "output";
  const isCovered = reward.reward <= series.ledger.escrow;
  const isInGrace = now < dueAt(series, facts, hasOutput && !isSilent);
  return !isCovered && isInGrace ? "funds" : "ready";
}
