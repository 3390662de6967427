// SPDX-License-Identifier: AGPL-3.0-only
// What several parts of the page share: the oracle's state, the series, the account's holdings.

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Address } from "viem";
import { type Holding, readHoldings } from "../../chain/account";
import { type OracleState, readOracle } from "../../chain/oracle";
import { type Listed, PAGE_SIZE, readListed } from "../../chain/registry";
import { readSeries, type Series } from "../../chain/series";
import {
  chainKnown,
  changes,
  nodeState,
  now,
  type Session,
  session,
  today,
} from "../../chain/session";
import { type Read, useRead } from "../../kit/use_read";
import type { MeanDay } from "../../model/figures";
import { account } from "../../wallet/wallet";

export const oracleState = signal<OracleState | undefined>(undefined);

/** Everything the overview shows. */
export interface Overview extends Listed {
  /** Of the account, in the order of `series`; all that it has anywhere is among them. */
  readonly holdings: readonly Holding[];
}

/** Read the overview; it follows the chain. */
export function useOverview(shown: number, withAll: boolean): Read<Overview> {
  const holder = account.value;
  return useRead(
    async (session) => {
      const [listed, oracle] = await Promise.all([
        readListed(session, holder, shown, withAll, changes.peek()),
        followOracle(session),
      ]);
      const own = listed.series.filter(({ address }) => listed.mine.has(address));
      return { ...listed, holdings: await holdingsOf(session, holder, own, oracle) };
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
  const [state] = await Promise.all([readOracle(session), chainKnown()]);
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
  await chainKnown(); // and with it the day
  return readHoldings(session, holder, series, today.peek(), oracle?.newest?.day ?? 0n);
}

/** What series earned of late, by address, as far as it was read. */
export const means = signal<ReadonlyMap<Address, MeanDay>>(new Map());

/** Keep the means of some series; each is read again when a day of it is settled. */
export function useMeans(series: readonly Series[]): void {
  const wanted = series.map(({ address, progress }) => `${address} ${progress.next_day}`).join();
  useEffect(() => {
    const current = session.peek();
    if (current === undefined || series.length === 0) return;
    void keepMeans(current, series).catch(() => undefined); // the banner tells of a silent node
  }, [wanted, nodeState.value === "up"]);
}

async function keepMeans(current: Session, series: readonly Series[]): Promise<void> {
  const [{ readMeans }] = await Promise.all([import("../../chain/means"), chainKnown()]);
  const read = await readMeans(current, series, BigInt(now.peek()));
  means.value = new Map([...means.peek(), ...read]);
}

export { PAGE_SIZE };
