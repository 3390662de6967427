// SPDX-License-Identifier: AGPL-3.0-only
// Signed orders on tokens against money: docs/spot.md, in the contract's integers.

import { type Address, getAddress, type Hex, isAddress, isHex } from "viem";
import { fieldsOf, integer, recordsOf } from "./relay_answer";
import { takeBest } from "./sweep";
import { ceilDiv, min, WAD } from "./units";

/** An order as the contract takes it. */
export interface SpotOrder {
  readonly maker: Address;
  readonly taker: Address;
  readonly is_buy: boolean;
  readonly token: Address;
  readonly money: Address;
  /** [money base units per 1e18 of the token, or of what remains of it, 1e18] */
  readonly price: bigint;
  readonly is_per_remaining: boolean;
  readonly max_lag_days: bigint;
  /** [token base units] */
  readonly quantity: bigint;
  readonly minimum_quantity: bigint;
  /** [unix s] */
  readonly deadline: bigint;
  readonly epoch: bigint;
  readonly salt: bigint;
}

export interface SignedSpot {
  readonly order: SpotOrder;
  readonly signature: Hex;
}

const INTEGERS = [
  ...(["price", "max_lag_days", "quantity", "minimum_quantity"] as const),
  ...(["deadline", "epoch", "salt"] as const),
] as const;
const ADDRESSES = ["maker", "taker", "token", "money"] as const;
const FLAGS = ["is_buy", "is_per_remaining"] as const;

/** What a part of an order costs [money base units]: up where its maker sells, else down. */
export function spotCost(
  order: Pick<SpotOrder, "is_buy" | "is_per_remaining" | "price">,
  quantity: bigint,
  remaining: bigint,
): bigint {
  const [product, unit] = order.is_per_remaining
    ? [quantity * order.price * remaining, WAD * WAD]
    : [quantity * order.price, WAD];
  return order.is_buy ? product / unit : ceilDiv(product, unit);
}

/** Price of 1e18 of the token [money base units, 1e18], to compare orders of both ways. */
export function spotPriceWad(
  { price, is_per_remaining }: Pick<SpotOrder, "is_per_remaining" | "price">,
  remaining: bigint,
): bigint {
  return is_per_remaining ? price * remaining : price * WAD;
}

/**
 * Orders of a relay's answer that are for this chain and market, each once: the same order counts for
 * no more with another signature. The rest is left out.
 */
export function spotsOf(document: unknown, chainId: number, market: Address): SignedSpot[] {
  const orders = new Map<string, SignedSpot>();
  for (const each of recordsOf(document)) {
    const { chain_id, market: named, order, signature } = fieldsOf(fieldsOf(each)["signed_order"]);
    const isOurs = chain_id === chainId && `${named}`.toLowerCase() === market.toLowerCase();
    const read = isOurs ? orderOf(fieldsOf(order)) : undefined;
    if (read === undefined || !isHex(signature)) continue;
    const name = Object.values(read).join();
    if (!orders.has(name)) orders.set(name, { order: read, signature });
  }
  return [...orders.values()];
}

function orderOf(fields: Record<string, unknown>): SpotOrder | undefined {
  const integers = INTEGERS.map((name) => [name, integer(fields[name])] as const);
  const isWhole =
    integers.every(([, value]) => value !== undefined) &&
    ADDRESSES.every((name) => isAddress(`${fields[name]}`, { strict: false })) &&
    FLAGS.every((name) => typeof fields[name] === "boolean");
  if (!isWhole) return undefined;
  const addresses = ADDRESSES.map((name) => [name, getAddress(`${fields[name]}`)]);
  const flags = FLAGS.map((name) => [name, fields[name]]);
  return Object.fromEntries([...integers, ...addresses, ...flags]) as SpotOrder;
}

/** An order that can be filled, and what its maker has for it. */
export interface Fillable extends SignedSpot {
  /** [token base units] not filled yet */
  readonly left: bigint;
}

/** An order of the account's own that is open. */
export interface OpenSpot extends Fillable {
  /** [base units] of what it gives that it may still take, as things are */
  readonly given: bigint;
}

/** An own order, by what remains of its token now. */
export function openSpot(own: Fillable, remaining: bigint): OpenSpot {
  const { order, left } = own;
  return { ...own, given: order.is_buy ? spotCost(order, left, remaining) : left };
}

/**
 * Orders of one side, best first, each with as much as its maker can pay or deliver: one maker's
 * orders draw on the same money, so each finds what the better ones leave. Nothing left: left out.
 */
export function covered<T extends Fillable>(
  orders: readonly T[],
  funds: ReadonlyMap<Address, bigint>,
  remaining: bigint,
): T[] {
  const better = (a: T, b: T): number => {
    const gap = spotPriceWad(a.order, remaining) - spotPriceWad(b.order, remaining);
    const isFirst = a.order.is_buy ? gap > 0n : gap < 0n;
    return gap === 0n ? 0 : isFirst ? -1 : 1;
  };
  const left = new Map(funds);
  return [...orders].sort(better).flatMap((each) => {
    const { order } = each;
    const has = left.get(order.maker) ?? 0n;
    const priceWad = spotPriceWad(order, remaining);
    // a part's cost rounds down, so this much of it is never dearer than what there is
    const most = order.is_buy ? (priceWad === 0n ? 0n : (has * WAD * WAD) / priceWad) : has;
    const quantity = min(each.left, most);
    if (quantity === 0n || quantity < min(order.minimum_quantity, each.left)) return [];
    left.set(order.maker, has - (order.is_buy ? spotCost(order, quantity, remaining) : quantity));
    return { ...each, left: quantity };
  });
}

/** A part of an order, and what it costs or brings. */
export interface SpotFill {
  readonly offer: Fillable;
  /** [token base units] */
  readonly quantity: bigint;
  /** [money base units] */
  readonly cost: bigint;
}

/** What taking from the best of a side comes to. */
export interface SpotTaking {
  readonly fills: readonly SpotFill[];
  /** [token base units] */
  readonly quantity: bigint;
  /** [money base units] */
  readonly cost: bigint;
}

/**
 * Take from the best prices of a side up to the worst one [money base units per 1e18, 1e18]. A part
 * too small to bring anything is left out, as the contract refuses it.
 */
export function sweepSpot(
  side: readonly Fillable[],
  account: Address | undefined,
  wanted: bigint,
  worstWad: bigint,
  remaining: bigint,
): SpotTaking {
  const fills = takeBest(side, account, wanted, ({ order }) => {
    const gap = spotPriceWad(order, remaining) - worstWad;
    return order.is_buy ? gap < 0n : gap > 0n;
  })
    .map(({ live, units }) => {
      return { offer: live, quantity: units, cost: spotCost(live.order, units, remaining) };
    })
    .filter(({ cost }) => cost > 0n);
  return {
    fills,
    quantity: fills.reduce((sum, each) => sum + each.quantity, 0n),
    cost: fills.reduce((sum, each) => sum + each.cost, 0n),
  };
}
