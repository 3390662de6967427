// SPDX-License-Identifier: AGPL-3.0-only
// What is signed of forwards (EIP-712): orders, and the word to a relay that one is off.

import { type Address, type Hex, hashTypedData, zeroAddress } from "viem";

/** A series that an order trades, as the contract takes it. */
export interface Leg {
  readonly series: bigint;
  readonly is_buy: boolean;
  /** [tick] zero where a peg prices the leg */
  readonly price_ticks: bigint;
  readonly ratio: bigint;
}

/** How prices follow the index, as the contract takes it. */
export interface Peg {
  readonly mean_days: bigint;
  readonly max_age_days: bigint;
  readonly offset_ticks: bigint;
  readonly low_ticks: bigint;
  readonly high_ticks: bigint;
}

/** An order as the contract takes it. */
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
  /** None, or one for all legs. */
  readonly pegs: readonly Peg[];
}

/** An order with its signature. */
export interface SignedOrder {
  readonly order: Order;
  readonly signature: Hex;
}

export const ORDER_TYPES = {
  Order: [
    { name: "maker", type: "address" },
    { name: "taker", type: "address" },
    { name: "quantity", type: "uint256" },
    { name: "minimum_quantity", type: "uint256" },
    { name: "max_collateral", type: "uint256" },
    { name: "deadline", type: "uint256" },
    { name: "may_trade_in_window", type: "bool" },
    { name: "epoch", type: "uint256" },
    { name: "salt", type: "uint256" },
    { name: "legs", type: "Leg[]" },
    { name: "pegs", type: "Peg[]" },
  ],
  Leg: [
    { name: "series", type: "uint256" },
    { name: "is_buy", type: "bool" },
    { name: "price_ticks", type: "uint256" },
    { name: "ratio", type: "uint256" },
  ],
  Peg: [
    { name: "mean_days", type: "uint256" },
    { name: "max_age_days", type: "uint256" },
    { name: "offset_ticks", type: "int256" },
    { name: "low_ticks", type: "uint256" },
    { name: "high_ticks", type: "uint256" },
  ],
} as const;

export const WITHDRAWAL_TYPES = {
  Withdrawal: [{ name: "order_hash", type: "bytes32" }],
} as const;

/** The domain of a book's orders. */
export function orderDomain(chainId: number, book: Address) {
  return { name: "HashrateForwards", version: "1", chainId, verifyingContract: book } as const;
}

/** An order's name: what its maker signs. */
export function orderHash(order: Order, chainId: number, book: Address): Hex {
  return hashTypedData({
    domain: orderDomain(chainId, book),
    types: ORDER_TYPES,
    primaryType: "Order",
    message: order,
  });
}

/** Whether anybody may take an order, whatever the account. */
export function isForAnyone({ taker }: Order): boolean {
  return taker === zeroAddress;
}
