// SPDX-License-Identifier: AGPL-3.0-only
// What the market's views read, and when they read it again: at new blocks, and when a relay tells
// that something is new.

import { useEffect, useState } from "preact/hooks";
import type { Address } from "viem";
import { type Forward, readForwards, readLive } from "../../chain/forwards";
import { view } from "../../chain/reader";
import { askCandles, askOwn, askSide, askTrades } from "../../chain/relay";
import { listen } from "../../chain/relay_stream";
import { chainKnown, now, type Session, session } from "../../chain/session";
import { bookAbi } from "../../generated/abi_forwards";
import { type Read, useRead } from "../../kit/use_read";
import { type LiveOrder, openOf, type Sides, sidesOf, united } from "../../model/book";
import { isInBand } from "../../model/forward";
import type { Candle, ToldTrade } from "../../model/relay_answer";

export const CANDLE_DAYS = 14;
const CANDLE_SECONDS = 6 * 3_600;
const MAX_TRADES = 50;

/** How often relays had news: of orders, and of trades. */
interface News {
  readonly orders: number;
  readonly trades: number;
}

/** Count the news of some contracts; of all if none is named. */
export function useNews(series: readonly bigint[]): News {
  const [news, setNews] = useState<News>({ orders: 0, trades: 0 });
  useEffect(() => {
    if (session.value === undefined) return;
    return listen(session.value, series, (isTrade) =>
      setNews(({ orders, trades }) => ({
        orders: orders + 1,
        trades: isTrade ? trades + 1 : trades,
      })),
    );
  }, [session.value, series.join(" ")]);
  return news;
}

/** All contracts, with what an account has. */
export function useForwards(holder: Address | undefined): Read<readonly Forward[]> {
  return useRead((current) => readForwards(current, holder), [holder], true);
}

/** The orders of a contract and of an account. */
export interface Book {
  readonly sides: Sides;
  /** Orders of several contracts, this one among them. */
  readonly linked: readonly LiveOrder[];
  readonly own: readonly LiveOrder[];
  /** The account's present epoch. */
  readonly epoch: bigint;
}

/** The book of a contract. */
export function useBook(id: bigint, holder: Address | undefined, news: News): Read<Book> {
  const load = (current: Session) => readBook(current, id, holder);
  return useRead(load, [holder, id], true, [news.orders]);
}

async function readBook(current: Session, id: bigint, holder: Address | undefined): Promise<Book> {
  const [buy, sell, own, epoch] = await Promise.all([
    askSide(current, id, "buy"),
    askSide(current, id, "sell"),
    holder === undefined ? [] : askOwn(current, holder),
    holder === undefined ? 0n : epochOf(current, holder),
  ]);
  const told = united([buy, sell, own]);
  const live = await readLive(current, told, holder);
  const open = await readLive(current, openOf(told, holder), holder); // of the same answers
  const isHere = ({ legs }: LiveOrder) => legs.some(({ series }) => series === id);
  return {
    sides: sidesOf(live, id),
    linked: live.filter((each) => each.legs.length > 1 && isHere(each)),
    own: open,
    epoch,
  };
}

/** The open orders of an account. */
export function useOwnOrders(holder: Address, news: News): Read<readonly LiveOrder[]> {
  const load = async (current: Session) =>
    readLive(current, openOf(await askOwn(current, holder), holder), holder);
  return useRead(load, [holder], true, [news.orders]);
}

async function epochOf({ reader, deployment }: Session, holder: Address): Promise<bigint> {
  const { forwards } = deployment;
  if (forwards === undefined) return 0n;
  const call = view(forwards.book, bookAbi, "epoch_of", [holder]);
  return (await reader.read({ epoch: call })).epoch ?? 0n;
}

/** What was traded of a contract. */
export interface Traded {
  readonly trades: readonly ToldTrade[];
  readonly candles: readonly Candle[];
}

/** The newest trades of a contract, and its last days, as far as they can be true. */
export function useTrades({ id, band }: Forward, news: News): Read<Traded> {
  const load = async (current: Session): Promise<Traded> => {
    await chainKnown(); // the chain's time is asked for
    const [trades, candles] = await Promise.all([
      askTrades(current, id, MAX_TRADES),
      askCandles(current, id, now.value, CANDLE_DAYS, CANDLE_SECONDS),
    ]);
    return {
      trades: trades.filter(({ priceTicks }) => isInBand(band, priceTicks)),
      candles: candles.filter(({ low, high }) => isInBand(band, low) && isInBand(band, high)),
    };
  };
  return useRead(load, [id], false, [news.trades]);
}
