// SPDX-License-Identifier: AGPL-3.0-only
// What several parts of the page share: the oracle's state, the series, the account's holdings.

import { signal } from "@preact/signals";
import type { Address } from "viem";
import { type Holding, readHoldings } from "../chain/account";
import { type OracleState, readOracle } from "../chain/oracle";
import { type Listing, listSeries, PAGE_SIZE, readSeries, type Series } from "../chain/series";
import { account } from "../wallet/wallet";
import { type Session, today } from "./session";
import { type Read, useRead } from "./use_read";

export const oracleState = signal<OracleState | undefined>(undefined);

/** Everything the overview shows. */
export interface Overview {
  readonly series: readonly Series[];
  /** Of the connected account, in the order of `series`. */
  readonly holdings: readonly Holding[];
  readonly listings: readonly Listing[];
  readonly total: number;
}

/** Read the overview; it follows the chain. */
export function useOverview(shown: number, withAll: boolean): Read<Overview> {
  const holder = account.value;
  return useRead(
    async (session) => {
      const [{ listings, total }, oracle] = await Promise.all([
        listSeries(session),
        followOracle(session),
      ]);
      const wanted = listings.filter(({ isAttested }) => isAttested || withAll).slice(0, shown);
      const series = await readSeries(
        session,
        wanted.map(({ address }) => address),
      );
      const holdings = await holdingsOf(session, holder, series, oracle);
      return { series, holdings, listings, total };
    },
    [shown, withAll, holder],
    true,
  );
}

/** One series and the account's holding in it. */
export interface SeriesView {
  readonly series: Series | undefined;
  readonly holding: Holding | undefined;
  readonly oracle: OracleState | undefined;
}

/** Read one series; it follows the chain. */
export function useSeries(address: Address): Read<SeriesView> {
  const holder = account.value;
  return useRead(
    async (session) => {
      const [[series], oracle] = await Promise.all([
        readSeries(session, [address]),
        followOracle(session),
      ]);
      const known = series === undefined ? [] : [series];
      const [holding] = await holdingsOf(session, holder, known, oracle);
      return { series, holding, oracle };
    },
    [address, holder],
    true,
  );
}

async function followOracle(session: Session): Promise<OracleState | undefined> {
  const state = await readOracle(session);
  oracleState.value = state;
  return state;
}

async function holdingsOf(
  session: Session,
  holder: Address | undefined,
  series: readonly Series[],
  oracle: OracleState | undefined,
): Promise<Holding[]> {
  if (holder === undefined || series.length === 0) return [];
  return readHoldings(session, holder, series, today.peek(), oracle?.newest?.day ?? 0n);
}

export { PAGE_SIZE };
