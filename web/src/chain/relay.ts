// SPDX-License-Identifier: AGPL-3.0-only
// The relays of a deployment, each asked by itself: what they say is put together by the callers,
// and believed by nobody before the chain was asked. A relay that says "too many" is left alone as
// long as it wishes. Answers are revalidated by their ETag, which is the browser's own doing.

import { signal } from "@preact/signals";
import { type Address, type Hex, isHex } from "viem";
import { united } from "../model/book";
import type { SignedOrder } from "../model/forward_order";
import {
  booksOf,
  type Candle,
  candlesOf,
  type Level,
  MAX_ORDERS,
  nextOf,
  OrderReader,
  type ToldOrder,
  type ToldTrade,
  tradesOf,
} from "../model/relay_answer";
import type { Session } from "./session";

const MAX_MARKETS = 40;
const MAX_PAGES = 10;
const TIMEOUT_MS = 8_000;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;
const TOO_MANY = 429;
const UNAVAILABLE = 503;
const DAY_S = 86_400;

/** What a relay did when it was last asked. */
export type RelayState = "up" | "down" | "resting";

/** By URL; one that was not asked yet is missing. */
export const relayStates = signal<ReadonlyMap<string, RelayState>>(new Map());

/** [ms] by the browser's monotonic clock, until when a relay is left alone, and refusals so far. */
const rests = new Map<string, { until: number; refusals: number }>();
const readers = new WeakMap<Session, OrderReader>();

/** The best prices of a contract as a relay tells them. */
export interface Book {
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

function relaysOf({ deployment }: Session): readonly string[] {
  return deployment.forwards?.relays ?? [];
}

function note(relay: string, state: RelayState): void {
  if (relayStates.peek().get(relay) === state) return;
  relayStates.value = new Map([...relayStates.peek(), [relay, state]]);
}

/** Leave a relay alone as long as it wishes, or longer each time. */
function rest(relay: string, wish: string | null): void {
  const refusals = (rests.get(relay)?.refusals ?? 0) + 1;
  const seconds = wish !== null && /^\d{1,5}$/.test(wish) ? Number(wish) : undefined;
  const pause = seconds === undefined ? FIRST_PAUSE_MS * 2 ** (refusals - 1) : seconds * 1_000;
  const until = performance.now() + Math.min(Math.max(pause, 1_000), LONGEST_PAUSE_MS);
  rests.set(relay, { until, refusals });
  note(relay, "resting");
}

async function request(relay: string, path: string, init: RequestInit = {}) {
  if ((rests.get(relay)?.until ?? 0) > performance.now()) return undefined;
  const options = { cache: "no-cache", signal: AbortSignal.timeout(TIMEOUT_MS), ...init } as const;
  const response = await fetch(`${relay}${path}`, options).catch(() => undefined);
  if (response === undefined) {
    note(relay, "down");
    return undefined;
  }
  if (response.status === TOO_MANY || response.status === UNAVAILABLE)
    rest(relay, response.headers.get("retry-after"));
  else {
    rests.delete(relay);
    note(relay, "up");
  }
  return response;
}

/** The last answer to a question, and its tag: what is the same is not read again. */
const answered = new Map<string, { readonly tag: string; readonly document: unknown }>();
const MAX_ANSWERED = 64;

async function documentOf(url: string, response: Response | undefined): Promise<unknown> {
  if (!response?.ok) return undefined;
  const tag = response.headers.get("etag");
  const known = answered.get(url);
  if (known !== undefined && known.tag === tag) return known.document;
  const document: unknown = await response.json().catch(() => undefined);
  answered.delete(url);
  if (tag !== null && document !== undefined) answered.set(url, { tag, document });
  for (const oldest of answered.keys()) {
    if (answered.size <= MAX_ANSWERED) break;
    answered.delete(oldest);
  }
  return document;
}

/** One question to every relay; those that answer. */
async function ask(session: Session, path: string): Promise<unknown[]> {
  const answers = await Promise.all(
    relaysOf(session).map(async (relay) =>
      documentOf(`${relay}${path}`, await request(relay, path)),
    ),
  );
  return answers.filter((answer) => answer !== undefined);
}

function readerOf(session: Session): OrderReader | undefined {
  const { forwards, chain } = session.deployment;
  if (forwards === undefined) return undefined;
  const reader = readers.get(session) ?? new OrderReader(chain.id, forwards.book);
  readers.set(session, reader);
  return reader;
}

async function askOrders(session: Session, path: string): Promise<readonly ToldOrder[]> {
  const reader = readerOf(session);
  if (reader === undefined) return [];
  const answers = await ask(session, path);
  return united(await Promise.all(answers.map((answer) => reader.ordersOf(answer))));
}

/** Open orders of a side of a contract, those of all relays, each once. */
export function askSide(session: Session, series: bigint, side: "buy" | "sell") {
  return askOrders(session, `/orders?market=${series}&side=${side}&limit=${MAX_ORDERS}`);
}

/** All open orders of an account, those of all relays, each once. */
export async function askOwn(session: Session, account: Address): Promise<readonly ToldOrder[]> {
  const reader = readerOf(session);
  if (reader === undefined) return [];
  const path = `/orders?maker=${account}&limit=${MAX_ORDERS}`;
  const answers = await Promise.all(
    relaysOf(session).map((relay) => pages(relay, path, () => false)),
  );
  const documents = answers.flatMap((told) => told.documents);
  return united(await Promise.all(documents.map((each) => reader.ordersOf(each))));
}

/** A relay's pages of a list, until one is enough; whether nothing is left behind it. */
async function pages(relay: string, path: string, isEnough: (document: unknown) => boolean) {
  const documents: unknown[] = [];
  let cursor = "";
  for (let page = 0; page < MAX_PAGES; page++) {
    const response = await request(relay, `${path}${cursor}`);
    const answer: unknown = response?.ok ? await response.json().catch(() => undefined) : undefined;
    documents.push(answer);
    const next = nextOf(answer);
    if (next === undefined || isEnough(answer)) return { documents, isWhole: true };
    cursor = `&cursor=${encodeURIComponent(next)}`;
  }
  return { documents, isWhole: false };
}

/** Best prices of contracts: of each the best that a relay tells. */
export async function askBooks(
  session: Session,
  series: readonly bigint[],
): Promise<ReadonlyMap<bigint, Book>> {
  const parts = Array.from({ length: Math.ceil(series.length / MAX_MARKETS) }, (_, i) =>
    series.slice(i * MAX_MARKETS, (i + 1) * MAX_MARKETS),
  );
  const answers = await Promise.all(
    parts.map((part) =>
      ask(session, `/books?depth=1&${part.map((id) => `market=${id}`).join("&")}`),
    ),
  );
  const books = new Map<bigint, Book>();
  for (const [id, book] of answers.flat().flatMap((answer) => [...booksOf(answer)])) {
    const known = books.get(id) ?? { bids: [], asks: [] };
    const highest = (a: Level, b: Level) => (a.priceTicks < b.priceTicks ? 1 : -1);
    books.set(id, {
      bids: [...known.bids, ...book.bids].sort(highest),
      asks: [...known.asks, ...book.asks].sort((a, b) => highest(b, a)),
    });
  }
  return books;
}

/** Trades of a contract, or the newest of all, the newest first. */
export async function askTrades(
  session: Session,
  series: bigint | undefined,
  limit = MAX_ORDERS,
): Promise<readonly ToldTrade[]> {
  const market = series === undefined ? "" : `market=${series}&`;
  const answers = await ask(session, `/trades?${market}limit=${limit}`);
  return newestFirst(answers.flatMap(tradesOf));
}

/** The newest trades of all contracts since a time [unix s]; whether these are all of them. */
export async function askRecent(
  session: Session,
  since: number,
): Promise<{ readonly trades: readonly ToldTrade[]; readonly isWhole: boolean }> {
  const isOld = (document: unknown) => (tradesOf(document).at(-1)?.time ?? 0) < since;
  const told = await Promise.all(
    relaysOf(session).map((relay) => pages(relay, `/trades?limit=${MAX_ORDERS}`, isOld)),
  );
  const trades = told.flatMap(({ documents }) => documents.flatMap(tradesOf));
  return { trades: newestFirst(trades), isWhole: told.every(({ isWhole }) => isWhole) };
}

/** Trades of several relays, each once. */
function newestFirst(trades: readonly ToldTrade[]): ToldTrade[] {
  const byId = new Map(trades.map((trade) => [trade.id, trade]));
  return [...byId.values()].sort((a, b) => b.time - a.time);
}

/** Candles of a contract over some days, of the first relay that answers. */
export async function askCandles(
  session: Session,
  series: bigint,
  now: number,
  days: number,
  seconds: number,
): Promise<readonly Candle[]> {
  const path = `/candles/${series}?seconds=${seconds}&from=${now - days * DAY_S}&to=${now}`;
  const [answer] = await ask(session, path);
  return candlesOf(answer);
}

/** Post to every relay; nothing if one of them takes it, else why they do not. */
async function post(session: Session, path: string, body: string): Promise<string | undefined> {
  const refusals = await Promise.all(
    relaysOf(session).map(async (relay) => {
      const headers = { "content-type": "application/json" };
      const response = await request(relay, path, { method: "POST", headers, body });
      if (response?.ok) return undefined;
      const answer: unknown = await response?.json().catch(() => undefined);
      const { error } = (answer ?? {}) as { error?: { message?: unknown } };
      return typeof error?.message === "string" ? error.message : "the relay does not answer";
    }),
  );
  return refusals.includes(undefined) ? undefined : (refusals[0] ?? "no relay");
}

/** Hand a signed order to the relays; the reason where none takes it. */
export async function submitOrder(
  session: Session,
  { order, signature }: SignedOrder,
): Promise<string | undefined> {
  const { forwards, chain } = session.deployment;
  const document = {
    ...{ type: "hashrate-forwards-order", version: 2, chain_id: chain.id },
    ...{ book: forwards?.book, order, signature },
  };
  const text = (_: string, value: unknown) => (typeof value === "bigint" ? `${value}` : value);
  return post(session, "/orders", JSON.stringify(document, text));
}

/** Hand a maker's word that an order is off to the relays; the reason where none takes it. */
export async function submitWithdrawal(
  session: Session,
  hash: Hex,
  signature: Hex,
): Promise<string | undefined> {
  if (!isHex(signature)) return "no signature";
  return post(session, "/withdrawals", JSON.stringify({ order_hash: hash, signature }));
}
