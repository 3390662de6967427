// SPDX-License-Identifier: AGPL-3.0-only
// Tables for the tax office: exact amounts, the same columns in every language.

import { formatUnits } from "viem";
import type { Of } from "../../chain/account_history";
import type { HistoryDay } from "../../chain/history";
import type { Claim } from "../../chain/traces";
import { toCsv } from "../../model/csv";
import { isoDate } from "../../model/units";
import type { HostCurrency } from "../../settings/deployment";

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
const RATE_DECIMALS = 6;
const THS_DECIMALS = 18;

/** The days of a holder, oldest first; with the host's currency if the holder chose it. */
export function daysCsv(days: readonly Of<HistoryDay>[], currency?: HostCurrency): string {
  const rows = days.map(({ day, work, amount, ledger, series }) => {
    const { address, symbol, rewardSymbol, rewardDecimals } = series;
    const usd = amount * ledger.btcUsdE8;
    const usdDecimals = rewardDecimals + PRICE_DECIMALS;
    return [
      isoDate(day),
      address,
      symbol,
      formatUnits(work, THS_DECIMALS),
      amount,
      formatUnits(amount, rewardDecimals),
      rewardSymbol,
      formatUnits(ledger.btcUsdE8, PRICE_DECIMALS),
      formatUnits(usd, usdDecimals),
      ledger.reward,
      formatUnits(ledger.heldWork, THS_DECIMALS),
      ...(currency === undefined
        ? []
        : [
            formatUnits(usd * currency.perUsdE6, usdDecimals + RATE_DECIMALS),
            formatUnits(currency.perUsdE6, RATE_DECIMALS),
            currency.asOf,
          ]),
    ];
  });
  return toCsv([[...DAY_COLUMNS, ...currencyColumns(currency)], ...rows]);
}

function currencyColumns(currency: HostCurrency | undefined): readonly string[] {
  if (currency === undefined) return [];
  const code = currency.code.toLowerCase();
  return [`value_${code}`, `${code}_per_usd`, "rate_date"];
}

/** The claims of a holder, oldest first. */
export function claimsCsv(claims: readonly Of<Claim>[]): string {
  const rows = claims.map(({ block, time, amount, receiver, hash, series }) => [
    time === undefined ? "" : new Date(Number(time) * 1000).toISOString(),
    series.address,
    series.symbol,
    amount,
    formatUnits(amount, series.rewardDecimals),
    series.rewardSymbol,
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
