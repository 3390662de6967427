// SPDX-License-Identifier: AGPL-3.0-only
// Answers of a relay, which may be anybody's: what does not have the form is left out, and nothing
// is believed before the chain was asked.

import { type Address, type Hex, isAddress, isHex } from "viem";

/** Leg and peg as the contract takes them. */
export interface Leg {
  readonly series: bigint;
  readonly is_buy: boolean;
  readonly price_ticks: bigint;
  readonly ratio: bigint;
}

/** An order as the contract takes it. Orders with a peg are read, and not taken here. */
export interface Order {
  readonly maker: Address;
  readonly taker: Address;
  readonly quantity: bigint;
  readonly minimum_quantity: bigint;
  readonly max_collateral: bigint;
  readonly deadline: bigint;
  readonly may_trade_in_window: boolean;
  readonly epoch: bigint;
  readonly salt: bigint;
  readonly legs: readonly Leg[];
  readonly pegs: readonly never[];
}

/** An order with its signature. */
export interface SignedOrder {
  readonly order: Order;
  readonly signature: Hex;
}

/** What a price offers. */
export interface Level {
  readonly priceTicks: bigint;
  readonly quantity: bigint;
}

const INTEGER = /^(0|[1-9]\d{0,77})$/;
const ADDRESS_FIELDS = ["maker", "taker"] as const;
const INTEGER_FIELDS = [
  ...(["quantity", "minimum_quantity", "max_collateral", "deadline", "epoch", "salt"] as const),
] as const;

export function integer(value: unknown): bigint | undefined {
  return typeof value === "string" && INTEGER.test(value) ? BigInt(value) : undefined;
}

export function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
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

/** Orders of one leg and a fixed price that are for this chain and book. */
export function ordersOf(document: unknown, chainId: number, book: Address): SignedOrder[] {
  return listOf(fieldsOf(document)["orders"]).flatMap((each) => {
    const { chain_id, book: named, order, signature } = fieldsOf(fieldsOf(each)["signed_order"]);
    const isOurs = chain_id === chainId && `${named}`.toLowerCase() === book.toLowerCase();
    const read = isOurs ? orderOf(order) : undefined;
    return read && isHex(signature) ? { order: read, signature } : [];
  });
}

function orderOf(document: unknown): Order | undefined {
  const fields = fieldsOf(document);
  const integers = INTEGER_FIELDS.map((name) => [name, integer(fields[name])] as const);
  const legs = listOf(fields["legs"]).map(legOf);
  const [leg] = legs;
  const isWhole =
    integers.every(([, value]) => value !== undefined) &&
    ADDRESS_FIELDS.every((name) => isAddress(`${fields[name]}`, { strict: false })) &&
    typeof fields["may_trade_in_window"] === "boolean" &&
    listOf(fields["pegs"]).length === 0;
  if (!isWhole || legs.length !== 1 || leg === undefined) return undefined;
  return {
    ...(Object.fromEntries(integers) as Record<(typeof INTEGER_FIELDS)[number], bigint>),
    maker: fields["maker"] as Address,
    taker: fields["taker"] as Address,
    may_trade_in_window: fields["may_trade_in_window"] as boolean,
    legs: [leg],
    pegs: [],
  };
}

function legOf(document: unknown): Leg | undefined {
  const { series, is_buy, price_ticks, ratio } = fieldsOf(document);
  const [id, price, times] = [integer(series), integer(price_ticks), integer(ratio)];
  if (id === undefined || price === undefined || times === undefined) return undefined;
  return typeof is_buy === "boolean"
    ? { series: id, is_buy, price_ticks: price, ratio: times }
    : undefined;
}
