// SPDX-License-Identifier: AGPL-3.0-only
// All contracts in one table: the curve.

import type { Forward } from "../../chain/forwards";
import { askBooks, askRecent, askTrades, type Book } from "../../chain/relay";
import { chainKnown, now, type Session } from "../../chain/session";
import { DataTable } from "../../kit/data_table";
import { href } from "../../kit/router";
import { Empty } from "../../kit/state_boxes";
import { type Read, useRead } from "../../kit/use_read";
import { basisBps, growthBps, markOf } from "../../model/curve";
import { isInBand } from "../../model/forward";
import { useNews } from "./feed";
import { market, orDash, percentText, plain, unitText, windowText } from "./texts";

const DAY_S = 86_400;

/** What relays say of a contract. */
export interface Quote {
  readonly bid: bigint | undefined;
  readonly ask: bigint | undefined;
  readonly last: bigint | undefined;
  /** [contracts] traded in a day */
  readonly volume: bigint;
  readonly mark: bigint | undefined;
}

/** Quotes by contract. */
export interface Quotes {
  readonly byId: ReadonlyMap<bigint, Quote>;
  /** All trades of the day are in the volumes. */
  readonly isWhole: boolean;
}

/** Last prices by contract: those that are older than a day are asked for once. */
const older = new Map<bigint, bigint>();

/** Prices of contracts, again whenever a relay tells of news. */
export function useQuotes(forwards: readonly Forward[]): Read<Quotes> {
  const news = useNews([]);
  const ids = forwards.map(({ id }) => id).join(" ");
  const load = (current: Session) => readQuotes(current, forwards);
  return useRead(load, [ids], false, [news.orders]);
}

async function readQuotes(current: Session, forwards: readonly Forward[]): Promise<Quotes> {
  await chainKnown();
  const since = now.value - DAY_S;
  const open = forwards.filter(({ outcome }) => outcome === undefined);
  const [books, { trades, isWhole }] = await Promise.all([
    askBooks(
      current,
      open.map(({ id }) => id),
    ),
    askRecent(current, since),
  ]);
  const rows = await Promise.all(
    forwards.map(async (forward) => {
      const { bids, asks }: Book = books.get(forward.id) ?? { bids: [], asks: [] };
      // a price that nobody could trade at is no price
      const best = (levels: Book["bids"]) =>
        levels.find(({ priceTicks }) => isInBand(forward.band, priceTicks))?.priceTicks;
      const mine = trades.filter(
        ({ series, priceTicks }) => series === forward.id && isInBand(forward.band, priceTicks),
      );
      const last = mine[0]?.priceTicks ?? (await olderPrice(current, forward));
      if (last !== undefined) older.set(forward.id, last);
      const [bid, ask] = [best(bids), best(asks)];
      const volume = mine
        .filter(({ time }) => time >= since)
        .reduce((sum, { contracts }) => sum + contracts, 0n);
      return [forward.id, { bid, ask, last, volume, mark: markOf(bid, ask, last) }] as const;
    }),
  );
  return { byId: new Map(rows), isWhole };
}

async function olderPrice(current: Session, { id, openInterest, band }: Forward) {
  if (older.has(id) || openInterest === 0n) return older.get(id);
  const [trade] = await askTrades(current, id, 1);
  return trade !== undefined && isInBand(band, trade.priceTicks) ? trade.priceTicks : undefined;
}

export function Curve({ forwards }: { forwards: readonly Forward[] }) {
  const texts = market.value;
  const quotes = useQuotes(forwards).value;
  if (forwards.length === 0) return <Empty>{texts.none}</Empty>;
  return (
    <>
      <DataTable
        label={texts.curve}
        heads={[
          ...[texts.window, texts.bid, texts.ask, texts.last, texts.mark, texts.basis],
          ...[texts.growth, texts.volume, texts.open, texts.index, texts.band],
        ]}
      >
        {forwards.map((forward) => (
          <Row key={forward.id} forward={forward} quotes={quotes} />
        ))}
      </DataTable>
      <p class="hint">{texts.curveHint}</p>
    </>
  );
}

function Row({ forward, quotes }: { forward: Forward; quotes: Quotes | undefined }) {
  const { id, index, openInterest, band, metric } = forward;
  const { bid, ask, last, mark, volume } = quotes?.byId.get(id) ?? {};
  const isKnown = mark !== undefined && index !== undefined;
  return (
    <tr data-testid="contract">
      <th scope="row">
        <a href={href("market", id)}>{windowText(forward)}</a>
        <br />
        <small>{unitText(forward)}</small>
      </th>
      <td data-testid="best-bid">{orDash(bid)}</td>
      <td data-testid="best-ask">{orDash(ask)}</td>
      <td data-testid="last">{orDash(last)}</td>
      <td data-testid="mark">{orDash(mark)}</td>
      <td data-testid="basis">{isKnown ? percentText(basisBps(mark, index)) : "–"}</td>
      <td data-testid="growth">{isKnown ? percentText(growthBps(metric, mark, index)) : "–"}</td>
      <td data-testid="volume">
        {quotes?.isWhole === false && "≥ "}
        {orDash(volume)}
      </td>
      <td>{plain(openInterest)}</td>
      <td>{orDash(index)}</td>
      <td>
        {plain(band.floor_ticks)} – {plain(band.cap_ticks)}
      </td>
    </tr>
  );
}
