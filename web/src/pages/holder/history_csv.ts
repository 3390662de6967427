// SPDX-License-Identifier: AGPL-3.0-only
// Tables for the tax office: exact amounts, the same columns in every language.

import { formatUnits } from "viem";
import type { HistoryDay } from "../../chain/history";
import type { Series } from "../../chain/series";
import type { Session } from "../../chain/session";
import type { Claim } from "../../chain/traces";
import { toCsv } from "../../model/csv";
import { isoDate } from "../../model/units";

const DAY_COLUMNS = [
  "date_utc",
  "series",
  "token",
  "ths_seconds",
  "amount_base_units",
  "amount",
  "currency",
  "btc_usd_close",
  "value_usd",
  "day_reward_base_units",
  "day_ths_seconds",
];
const CLAIM_COLUMNS = [
  "time_utc",
  "series",
  "token",
  "amount_base_units",
  "amount",
  "currency",
  "receiver",
  "block",
  "transaction",
];
const PRICE_DECIMALS = 8;
const THS_DECIMALS = 18;

/** The days of a holder, oldest first. */
export function daysCsv(series: Series, days: readonly HistoryDay[]): string {
  const { address, symbol, rewardSymbol, rewardDecimals } = series;
  const rows = days.map(({ day, work, amount, ledger }) => [
    isoDate(day),
    address,
    symbol,
    formatUnits(work, THS_DECIMALS),
    amount,
    formatUnits(amount, rewardDecimals),
    rewardSymbol,
    formatUnits(ledger.btcUsdE8, PRICE_DECIMALS),
    formatUnits(amount * ledger.btcUsdE8, rewardDecimals + PRICE_DECIMALS),
    ledger.reward,
    formatUnits(ledger.heldWork, THS_DECIMALS),
  ]);
  return toCsv([DAY_COLUMNS, ...rows]);
}

/** The claims of a holder, oldest first; one request for each block that holds any. */
export async function claimsCsv(
  { client }: Session,
  { address, symbol, rewardSymbol, rewardDecimals }: Series,
  claims: readonly Claim[],
): Promise<string> {
  const times = new Map<bigint, bigint>();
  for (const { block } of claims) {
    if (times.has(block)) continue;
    times.set(block, (await client.getBlock({ blockNumber: block })).timestamp);
  }
  const rows = claims.map(({ block, amount, receiver, hash }) => [
    new Date(Number(times.get(block) ?? 0n) * 1000).toISOString(),
    address,
    symbol,
    amount,
    formatUnits(amount, rewardDecimals),
    rewardSymbol,
    receiver,
    block,
    hash,
  ]);
  return toCsv([CLAIM_COLUMNS, ...rows]);
}

/** Let the browser save a text. */
export function offerDownload(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
