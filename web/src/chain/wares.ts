// SPDX-License-Identifier: AGPL-3.0-only
// Every series that can be bought now, from its issuer or another holder, and what an account of
// its own can sell.

import { type Address, zeroAddress } from "viem";
import { type Money, type Round, readHeld, readMoneys, readRounds } from "./offering";
import { readList } from "./registry";
import { readSeries, type Series } from "./series";
import type { Session } from "./session";
import { namedIn, readSpot, type Spot, type SpotBook } from "./spot";

/** A series, and all ways to buy or sell it now. */
export interface Ware {
  readonly series: Series;
  readonly rounds: readonly Round[];
  /** At least one, with nothing in it, where a spot market is known. */
  readonly books: readonly SpotBook[];
  /** [TH/s, 18 dec] that the account has */
  readonly held: bigint;
}

/** What there is. */
export interface Wares {
  readonly wares: readonly Ware[];
  readonly rounds: readonly Round[];
  /** `undefined` where the relay does not answer */
  readonly spot: Spot | undefined;
  /** Every money that something is priced in. */
  readonly moneys: readonly Money[];
}

/** Read rounds, books and balances of every series. */
export async function readWares(session: Session, account: Address | undefined): Promise<Wares> {
  const list = await readList(session);
  const tokens = list.map(({ token }) => token);
  const hasMarket = session.deployment.spot !== undefined;
  const holder = account ?? zeroAddress;
  const [rounds, spot, held] = await Promise.all([
    readRounds(session, account),
    readSpot(session, tokens, account),
    hasMarket && account !== undefined ? readHeld(session, holder, tokens) : new Map(),
  ]);
  const open = rounds.filter(({ closed }) => closed === undefined);
  const told = spot?.books ?? [];
  const coinsOf = (token: Address) => [
    ...list.filter((each) => each.token === token).map(({ rewardToken }) => rewardToken),
    ...rounds.filter(({ terms }) => terms.token === token).map(({ terms }) => terms.money),
  ];
  const books = told.filter(namedIn(session.deployment, coinsOf));
  const wanted = list.filter(
    ({ token }) =>
      open.some(({ terms }) => terms.token === token) ||
      books.some((book) => book.token === token && book.asks.length + book.bids.length > 0) ||
      (held.get(token) ?? 0n) > 0n,
  );
  const [series, coins] = await Promise.all([
    readSeries(session, wanted),
    readMoneys(
      session,
      holder,
      wanted.map(({ rewardToken }) => rewardToken),
    ),
  ]);
  const wares = series.map((each) => {
    const { token, rewardToken } = each;
    const own = books.filter((book) => book.token === token);
    const coin = coins.get(rewardToken);
    const isMissing = own.every(({ money }) => money.address !== rewardToken);
    const empty = { token, remaining: 0n, asks: [], bids: [] };
    return {
      series: each,
      rounds: open.filter(({ terms }) => terms.token === token),
      books: hasMarket && isMissing && coin ? [...own, { ...empty, money: coin }] : own,
      held: held.get(token) ?? 0n,
    };
  });
  const moneys = new Map([...coins, ...told.map(({ money }) => [money.address, money] as const)]);
  return { wares, rounds, spot, moneys: [...moneys.values()] };
}
