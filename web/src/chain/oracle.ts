// SPDX-License-Identifier: AGPL-3.0-only
// The oracle's days: where its history stands, and any stretch of it in a bounded number of points.

import { type Address, zeroAddress } from "viem";
import { oracleAbi } from "../generated/abi";
import type { Market } from "../model/figures";
import { DAY_SECONDS } from "../model/units";
import { view } from "./reader";
import type { Session } from "./session";

/** [s] after the end of its last final day from which the oracle counts as late: two days + window */
const HEARTBEAT_SECONDS = 2n * DAY_SECONDS;

/** Where the oracle's history stands. */
export interface OracleState {
  readonly firstDay: bigint;
  readonly nextDay: bigint;
  readonly lastFinalDay: bigint;
  readonly shortWindowSeconds: bigint;
  readonly threshold: bigint;
  readonly reporterCount: number;
  /** The newest reported day, final or pending; `undefined` while there is none. */
  readonly newest: (Market & { readonly day: bigint }) | undefined;
}

/** The mean over the days after the point before it, up to `day`; one day where points are dense. */
export interface HashpricePoint {
  readonly day: bigint;
  readonly days: bigint;
  /** [sat per TH/s per day, 1e18] */
  readonly hashpriceWad: bigint;
  /** [USD per TH/s per day, 1e18] */
  readonly usdWad: bigint;
  /** [difficulty, 1e18] */
  readonly difficultyWad: bigint;
  /** [USD per BTC, 1e8] closing price of `day` */
  readonly btcUsdE8: bigint;
  readonly isFinal: boolean;
}

/** Read where the history stands: one request, and a second while a newer day is pending. */
export async function readOracle({
  reader,
  deployment: { oracle },
}: Session): Promise<OracleState | undefined> {
  const { firstDay, nextDay, newestFinal, window, threshold, reporters } = await reader.read({
    firstDay: view(oracle, oracleAbi, "FIRST_DAY", []),
    nextDay: view(oracle, oracleAbi, "next_day", []),
    newestFinal: view(oracle, oracleAbi, "mean_of_last", [1n]),
    window: view(oracle, oracleAbi, "SHORT_WINDOW_SECONDS", []),
    threshold: view(oracle, oracleAbi, "threshold", []),
    reporters: view(oracle, oracleAbi, "reporters", [], 32 * 33),
  });
  if (firstDay === undefined || nextDay === undefined || newestFinal === undefined) {
    return undefined;
  }
  const [lastFinalDay, hashpriceWad, btcUsdE8] = newestFinal;
  const day = nextDay - 1n;
  const final = day < firstDay ? undefined : { day, hashpriceWad, btcUsdE8 };
  const newest = day > lastFinalDay ? await readPending(reader, oracle, day) : final;
  return {
    newest,
    firstDay,
    nextDay,
    lastFinalDay,
    shortWindowSeconds: window ?? 0n,
    threshold: threshold ?? 0n,
    reporterCount: reporters?.length ?? 0,
  };
}

async function readPending(
  reader: Session["reader"],
  oracle: Address,
  day: bigint,
): Promise<OracleState["newest"]> {
  const { facts } = await reader.read({
    facts: view(oracle, oracleAbi, "settlement_facts", [zeroAddress, day]),
  });
  return facts && { day, hashpriceWad: facts.hashprice_wad, btcUsdE8: facts.btc_usd_e8 };
}

/** How long [s] the oracle is overdue; 0 while it keeps its rhythm. */
export function overdueSeconds(oracle: OracleState, now: bigint): bigint {
  const due =
    (oracle.lastFinalDay + 1n) * DAY_SECONDS + HEARTBEAT_SECONDS + oracle.shortWindowSeconds;
  return now > due ? now - (oracle.lastFinalDay + 1n) * DAY_SECONDS : 0n;
}

/**
 * The days [first, end) in at most `maxPoints` points. Prefix sums make the mean over any stretch
 * two reads, so ten years cost as many reads as one.
 */
export async function readHashprices(
  { reader, deployment: { oracle } }: Session,
  first: bigint,
  end: bigint,
  lastFinalDay: bigint,
  maxPoints: number,
): Promise<HashpricePoint[]> {
  const step = (end - first + BigInt(maxPoints) - 1n) / BigInt(maxPoints) || 1n;
  const days: bigint[] = [];
  for (let day = end - 1n; day >= first; day -= step) days.unshift(day);
  if (days.length === 0) return [];
  const marks = [(days[0] ?? first) - step, ...days].map((day) =>
    day < first - 1n ? first - 1n : day,
  );
  const sets = marks.map((day) => ({ record: view(oracle, oracleAbi, "day_record", [day]) }));
  const records = await reader.readSets(sets);
  return days.flatMap((day, i) => {
    const before = records[i]?.record;
    const record = records[i + 1]?.record;
    const count = day - (marks[i] ?? day);
    if (before === undefined || record === undefined || record.final_at === 0n) return [];
    if (count === 0n) return [];
    return {
      day,
      days: count,
      hashpriceWad: (record.hashprice_sum_wad - before.hashprice_sum_wad) / count,
      usdWad: (record.usd_sum_wad - before.usd_sum_wad) / count,
      difficultyWad: (record.difficulty_sum_wad - before.difficulty_sum_wad) / count,
      btcUsdE8: record.btc_usd_e8,
      isFinal: day <= lastFinalDay,
    };
  });
}
