// SPDX-License-Identifier: AGPL-3.0-only
// What series earned of late: the newest settled days of each, worked out like the ledger's.

import type { Address } from "viem";
import { type MeanDay, meanDay } from "../model/figures";
import { max } from "../model/units";
import { readLedgerDays } from "./days";
import type { Series } from "./series";
import type { Session } from "./session";

const MEAN_DAYS = 7n;

/** The means of some series; one without a settled day has none. */
export async function readMeans(
  session: Session,
  series: readonly Series[],
  now: bigint,
): Promise<Map<Address, MeanDay>> {
  const means = await Promise.all(series.map((each) => readMean(session, each, now)));
  return new Map(series.flatMap(({ address }, i) => (means[i] ? [[address, means[i]]] : [])));
}

async function readMean(
  session: Session,
  series: Series,
  now: bigint,
): Promise<MeanDay | undefined> {
  const end = series.progress.next_day;
  const first = max(end - MEAN_DAYS, series.terms.start_day);
  if (first >= end) return undefined;
  return meanDay(await readLedgerDays(session, series, first, end, now), series.basePerSat);
}
