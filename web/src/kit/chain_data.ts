// SPDX-License-Identifier: AGPL-3.0-only
// What several parts of the page share: the oracle's state, the series, the account's holdings.

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Address } from "viem";
import { askHoldings, type Holding, holdingOf } from "../chain/account";
import { type OracleState, readOracle } from "../chain/oracle";
import { type Listed, PAGE_SIZE, readByAddress, readList, readListed } from "../chain/registry";
import type { Series } from "../chain/series";
import {
  chainKnown,
  changes,
  nodeState,
  now,
  type Session,
  session,
  today,
} from "../chain/session";
import type { MeanDay } from "../model/figures";
import { account, isWalletKnown } from "../wallet/wallet";
import { type Read, useRead } from "./use_read";

export const oracleState = signal<OracleState | undefined>(undefined);

/** Everything the overview shows. */
export type Overview = Listed;

/** Read the overview; it follows the chain. */
export function useOverview(shown: number, withAll: boolean): Read<Overview | undefined> {
  const holder = account.value;
  const isKnown = isWalletKnown.value;
  return useRead(
    async (session) => {
      const oracle = followOracle(session);
      if (!isKnown) {
        await Promise.all([readList(session), oracle]); // on their way while the wallet is asked
        return undefined;
      }
      const newestDay = oracle.then((state) => state?.newest?.day ?? 0n);
      newestDay.catch(() => undefined); // whoever waits for it hears of it
      const wanted = { account: holder, shown, withAll, version: changes.peek(), newestDay };
      const [listed] = await Promise.all([readListed(session, wanted), oracle]);
      return listed;
    },
    [isKnown, isKnown && holder],
    true,
    [shown, withAll],
  );
}

/** Read something of the account, or of nobody; not of nobody first and then again of somebody. */
export function useOwn<T>(
  load: (session: Session, account: Address | undefined) => Promise<T>,
): Read<T | undefined> {
  const holder = account.value;
  const isKnown = isWalletKnown.value;
  return useRead(
    async (session) => (isKnown ? load(session, holder) : undefined),
    [isKnown, isKnown && holder],
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
      const [series, oracle] = await Promise.all([
        readByAddress(session, address),
        followOracle(session),
      ]);
      const holding = series && holder && (await readHolding(session, holder, series, oracle));
      return { series, holding, oracle };
    },
    [address, holder],
    true,
  );
}

async function readHolding(
  session: Session,
  holder: Address,
  series: Series,
  oracle: OracleState | undefined,
): Promise<Holding | undefined> {
  await chainKnown(); // and with it the day
  const day = today.peek();
  const [answers] = await askHoldings(session, holder, [series], day, oracle?.newest?.day ?? 0n);
  return answers && holdingOf(series, holder, answers, day);
}

/** Read where the oracle stands, for every part of the page. */
export async function followOracle(session: Session): Promise<OracleState | undefined> {
  const [state] = await Promise.all([readOracle(session), chainKnown()]);
  oracleState.value = state;
  return state;
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
  const [{ readMeans }] = await Promise.all([import("../chain/means"), chainKnown()]);
  const read = await readMeans(current, series, BigInt(now.peek()));
  means.value = new Map([...means.peek(), ...read]);
}

export { PAGE_SIZE };
