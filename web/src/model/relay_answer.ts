// SPDX-License-Identifier: AGPL-3.0-only
// Answers of a relay, which may be anybody's: what does not have the form is left out, and nothing
// is believed before the chain was asked.

import { type Address, getAddress, type Hex, isAddress, isHex } from "viem";
import { breather } from "./breath";
import { type Leg, type Order, orderHash, type Peg, type SignedOrder } from "./forward_order";

/** What a price offers. */
export interface Level {
  readonly priceTicks: bigint;
  readonly quantity: bigint;
}

/** An order as a relay lists it. */
export interface ToldOrder extends SignedOrder {
  /** Worked out here: a relay does not name orders. */
  readonly hash: Hex;
  /** [units] that its maker's money and positions carry, by the relay's word */
  readonly covered: bigint;
}

/** A trade of the chain, as a relay tells it. */
export interface ToldTrade {
  /** Transaction and place in the block: no two trades have the same. */
  readonly id: string;
  readonly series: bigint;
  /** [unix s] */
  readonly time: number;
  readonly buyer: Address;
  readonly seller: Address;
  readonly priceTicks: bigint;
  readonly contracts: bigint;
}

/** The trades of a span of time. */
export interface Candle {
  /** [unix s] */
  readonly start: number;
  readonly open: bigint;
  readonly high: bigint;
  readonly low: bigint;
  readonly close: bigint;
  readonly volume: bigint;
}

const INTEGER = /^(0|[1-9]\d{0,77})$/;
const SIGNED_INTEGER = /^(0|-?[1-9]\d{0,76})$/;
const TRANSACTION = /^0x[0-9a-f]{64}$/;
/** Orders of an answer that are read, as many as are asked for at most: each is asked about on chain. */
export const MAX_ORDERS = 100;
const MAX_LEGS = 12;
const MAX_TIME = 2 ** 40;
const MAX_CURSOR = 80;
const ADDRESS_FIELDS = ["maker", "taker"] as const;
const INTEGER_FIELDS = [
  ...(["quantity", "minimum_quantity", "max_collateral", "deadline", "epoch", "salt"] as const),
] as const;

export function integer(value: unknown, form = INTEGER): bigint | undefined {
  return typeof value === "string" && form.test(value) ? BigInt(value) : undefined;
}

/** The object's fields, each an integer; nothing if one is none. */
function integersOf<N extends string>(
  fields: Record<string, unknown>,
  names: readonly N[],
): Record<N, bigint> | undefined {
  const read = names.map((name) => [name, integer(fields[name])] as const);
  if (read.some(([, value]) => value === undefined)) return undefined;
  return Object.fromEntries(read) as Record<N, bigint>;
}

export function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function timeOf(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) < MAX_TIME
    ? Number(value)
    : undefined;
}

/** Orders of a relay's answer, as they came. */
export function recordsOf(document: unknown): readonly unknown[] {
  return listOf(fieldsOf(document)["orders"]).slice(0, MAX_ORDERS);
}

/** Levels of one side, as they came. */
export function levelsOf(document: unknown, side: "buy" | "sell"): Level[] {
  return listOf(fieldsOf(document)[side]).flatMap((level) => {
    const { price, quantity } = fieldsOf(level);
    const [priceTicks, amount] = [integer(price), integer(quantity)];
    if (priceTicks === undefined || amount === undefined || amount === 0n) return [];
    return { priceTicks, quantity: amount };
  });
}

/** Levels of several markets, by series. */
export function booksOf(document: unknown): Map<bigint, { bids: Level[]; asks: Level[] }> {
  return new Map(
    listOf(fieldsOf(document)["books"]).flatMap((book) => {
      const series = integer(fieldsOf(book)["market"]);
      if (series === undefined) return [];
      return [[series, { bids: levelsOf(book, "buy"), asks: levelsOf(book, "sell") }] as const];
    }),
  );
}

/** Reads orders, and remembers those that it has read: naming one takes time. */
export class OrderReader {
  private readonly known = new Map<string, ToldOrder>();
  private readonly answers = new WeakMap<object, Promise<readonly ToldOrder[]>>();

  constructor(
    private readonly chainId: number,
    private readonly book: Address,
  ) {}

  /** Orders that are for this chain and book; the same answer is read once. */
  ordersOf(document: unknown): Promise<readonly ToldOrder[]> {
    const fields = fieldsOf(document);
    const known = this.answers.get(fields) ?? this.readOrders(recordsOf(fields));
    this.answers.set(fields, known);
    return known;
  }

  private async readOrders(list: readonly unknown[]): Promise<readonly ToldOrder[]> {
    const orders: ToldOrder[] = [];
    const breathe = breather();
    for (const record of list) {
      const read = this.orderOf(record);
      if (read !== undefined) orders.push(read);
      await breathe();
    }
    return orders;
  }

  /** One order as a relay lists it; `undefined` if it is not for this chain and book. */
  orderOf(record: unknown): ToldOrder | undefined {
    const { signed_order, covered, remaining } = fieldsOf(record);
    const told = integer(covered) ?? integer(remaining);
    const read = this.signedOf(signed_order);
    return read === undefined || told === undefined ? undefined : { ...read, covered: told };
  }

  private signedOf(document: unknown): ToldOrder | undefined {
    const { chain_id, book, order, signature } = fieldsOf(document);
    if (chain_id !== this.chainId || `${book}`.toLowerCase() !== this.book.toLowerCase())
      return undefined;
    const text = JSON.stringify([order, signature]);
    const known = this.known.get(text);
    if (known !== undefined) return known;
    const read = orderOf(order);
    if (read === undefined || !isHex(signature)) return undefined;
    const hash = orderHash(read, this.chainId, this.book);
    const found = { order: read, signature, hash, covered: 0n };
    if (this.known.size >= 2_000) this.known.clear();
    this.known.set(text, found);
    return found;
  }
}

function orderOf(document: unknown): Order | undefined {
  const fields = fieldsOf(document);
  const integers = integersOf(fields, INTEGER_FIELDS);
  const legs = listOf(fields["legs"]).map(legOf);
  const pegs = listOf(fields["pegs"]).map(pegOf);
  const isWhole =
    ADDRESS_FIELDS.every((name) => isAddress(`${fields[name]}`, { strict: false })) &&
    typeof fields["may_trade_in_window"] === "boolean" &&
    legs.length >= 1 &&
    legs.length <= MAX_LEGS &&
    pegs.length <= 1 &&
    ![...legs, ...pegs].includes(undefined);
  if (integers === undefined || !isWhole) return undefined;
  return {
    ...integers,
    maker: getAddress(fields["maker"] as Address),
    taker: getAddress(fields["taker"] as Address),
    may_trade_in_window: fields["may_trade_in_window"] as boolean,
    legs: legs as Leg[],
    pegs: pegs as Peg[],
  };
}

function legOf(document: unknown): Leg | undefined {
  const fields = fieldsOf(document);
  const integers = integersOf(fields, ["series", "price_ticks", "ratio"]);
  const { is_buy } = fields;
  if (integers === undefined || typeof is_buy !== "boolean") return undefined;
  return { ...integers, is_buy };
}

function pegOf(document: unknown): Peg | undefined {
  const fields = fieldsOf(document);
  const integers = integersOf(fields, ["mean_days", "max_age_days", "low_ticks", "high_ticks"]);
  const offset = integer(fields["offset_ticks"], SIGNED_INTEGER);
  if (integers === undefined || offset === undefined) return undefined;
  return { ...integers, offset_ticks: offset };
}

/** Trades of forwards, as they came: the newest first. */
export function tradesOf(document: unknown): ToldTrade[] {
  return listOf(fieldsOf(document)["trades"]).flatMap((each) => {
    const { market, time, buyer, seller, price, quantity, transaction, log_index } = fieldsOf(each);
    const [series, priceTicks, contracts] = [integer(market), integer(price), integer(quantity)];
    const at = timeOf(time);
    const isNamed = TRANSACTION.test(`${transaction}`) && Number.isSafeInteger(log_index);
    const isBetween = isAddress(`${buyer}`) && isAddress(`${seller}`);
    if (series === undefined || priceTicks === undefined || contracts === undefined) return [];
    if (at === undefined || !isNamed || !isBetween) return [];
    return {
      ...{ id: `${transaction}:${log_index}`, series, time: at, priceTicks, contracts },
      ...{ buyer: buyer as Address, seller: seller as Address },
    };
  });
}

/** The cursor of the next page, if there is one. */
export function nextOf(document: unknown): string | undefined {
  const { next } = fieldsOf(document);
  return typeof next === "string" && next.length <= MAX_CURSOR ? next : undefined;
}

/** Candles of a market, the oldest first. */
export function candlesOf(document: unknown): Candle[] {
  return listOf(fieldsOf(document)["candles"]).flatMap((each) => {
    const fields = fieldsOf(each);
    const prices = integersOf(fields, ["open", "high", "low", "close", "volume"]);
    const start = timeOf(fields["start"]);
    return prices === undefined || start === undefined ? [] : { start, ...prices };
  });
}
