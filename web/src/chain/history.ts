// SPDX-License-Identifier: AGPL-3.0-only
// All days of an account in a series, from the meter and the ledger, and its claims.

import type { Address } from "viem";
import { distributorAbi } from "../generated/abi";
import { type Share, sharesOf } from "../model/entitlement";
import { workByDay } from "../model/meter";
import { max, min } from "../model/units";
import { readWords } from "./account";
import { type LedgerDay, readLedgerDays, readShortDays } from "./days";
import { NodeError, view } from "./reader";
import type { Series } from "./series";
import type { Session } from "./session";
import { type Claim, findClaims } from "./traces";

/** An account's part of one day, beside the day itself. */
export interface HistoryDay extends Share {
  readonly ledger: LedgerDay;
}

/** Everything an account has earned in a series, and what it has claimed. */
export interface History {
  /** Settled days with hashrate of the account, oldest first. */
  readonly days: readonly HistoryDay[];
  readonly claims: readonly Claim[];
  /** Claims before this block may be missing; `undefined` if none are. */
  readonly claimsFrom: bigint | undefined;
  /** [base units] */
  readonly earned: bigint;
  readonly claimed: bigint;
  /** In as many claims as it takes. */
  readonly claimable: bigint;
  /** The days come to what is claimed and claimable, to the unit; `undefined` if claims are missing. */
  readonly agrees: boolean | undefined;
}

/** Read the history; `onPart` hears of progress, from 0 to 1. */
export async function readHistory(
  session: Session,
  series: Series,
  account: Address,
  now: bigint,
  onPart: (part: number) => void,
): Promise<History> {
  const { start_day: first } = series.terms;
  const end = series.progress.next_day;
  const words = await readWords(session, series.token, account);
  const touched = words.find(({ balance, workOfDay }) => balance > 0n || workOfDay > 0n);
  const begin = touched === undefined || touched.day > end ? end : touched.day;
  const from = max(begin, first);
  const ledger = await readLedgerDays(session, series, min(from, end), end, now, onPart);
  const shortDays = await readShortDays(session, series, first);
  const { level, claim } = await session.reader.read({
    level: view(series.address, distributorAbi, "repaid_level", []),
    claim: view(series.address, distributorAbi, "preview_claim", [account]),
  });
  // a part that did not come must not pass for a day without hashrate, or money
  if (level === undefined || claim === undefined || BigInt(ledger.length) < end - from) {
    throw new NodeError("the ledger is not whole");
  }
  const work = workByDay(words, from, end);
  const shares = sharesOf(work, ledger, shortDays, level);
  const byDay = new Map(ledger.map((day) => [day.day, day]));
  const days = shares.flatMap((share) => {
    const day = byDay.get(share.day);
    return day === undefined ? [] : { ...share, ledger: day };
  });
  const claims = await findClaims(session, series.address, account);
  return summary(session, days, claims, claim);
}

function summary(
  { deployment }: Session,
  days: readonly HistoryDay[],
  { logs, from }: { logs: readonly Claim[]; from: bigint },
  [claimable, isWhole]: readonly [bigint, boolean],
): History {
  const earned = days.reduce((total, { amount }) => total + amount, 0n);
  const claimed = logs.reduce((total, { amount }) => total + amount, 0n);
  const isComplete = from <= deployment.fromBlock;
  const left = earned - claimed;
  return {
    days,
    claims: logs,
    claimsFrom: isComplete ? undefined : from,
    earned,
    claimed,
    // one claim may not reach all there is
    claimable: isComplete && !isWhole ? left : claimable,
    agrees: isComplete ? (isWhole ? left === claimable : left >= claimable) : undefined,
  };
}
