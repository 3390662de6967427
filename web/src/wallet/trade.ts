// SPDX-License-Identifier: AGPL-3.0-only
// Forwards: signing an order, taking one, cancelling, redeeming. What the vault may take is
// approved to the unit, on top of what open orders need already.

import { getConnectorClient } from "@wagmi/core";
import { type Abi, type Address, zeroAddress } from "viem";
import { signTypedData } from "viem/actions";
import { type Forward, type LiveOrder, submitOrder } from "../chain/forwards";
import { view } from "../chain/reader";
import type { Session } from "../chain/session";
import { bookAbi, vaultAbi } from "../generated/abi_forwards";
import type { Order } from "../model/relay_answer";
import { perform, progress, send } from "./activity";
import { TransactionError } from "./failure";
import { approveAtLeast, spend } from "./spend";
import { walletConfig } from "./wallet";

const TYPES = {
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

/** What is wanted of a contract. */
export interface Ticket {
  readonly forward: Forward;
  readonly isBuy: boolean;
  readonly priceTicks: bigint;
  readonly contracts: bigint;
  /** [base units] at most, for all of it */
  readonly locked: bigint;
}

/**
 * Sign an order and hand it to the relay. `committed` is what the account's open orders may take
 * of the same token already [base units]: the approval covers them all.
 */
export async function placeOrder(
  session: Session,
  account: Address,
  { forward, isBuy, priceTicks, contracts, locked }: Ticket,
  committed: bigint,
  deadline: bigint,
): Promise<void> {
  const { forwards, chain } = session.deployment;
  if (forwards === undefined) return;
  await perform("order", async () => {
    const taken = { token: forward.token, amount: committed + locked };
    await approveAtLeast(session, account, taken, forwards.vault);
    const { epoch } = await session.reader.read({
      epoch: view(forwards.book, bookAbi, "epoch_of", [account]),
    });
    if (epoch === undefined) throw new Error("the book does not answer");
    const order: Order = {
      ...{ maker: account, taker: zeroAddress, quantity: contracts, minimum_quantity: 1n },
      ...{ max_collateral: locked, deadline, may_trade_in_window: false, epoch },
      salt: randomSalt(),
      legs: [{ series: forward.id, is_buy: isBuy, price_ticks: priceTicks, ratio: 1n }],
      pegs: [],
    };
    const chainId = chain.id;
    const wallet = await getConnectorClient(walletConfig(), { account, chainId });
    progress({ step: "sign" });
    const signature = await signTypedData(wallet, {
      account,
      domain: {
        ...{ name: "HashrateForwards", version: "1", chainId },
        verifyingContract: forwards.book,
      },
      types: TYPES,
      primaryType: "Order",
      message: order,
    });
    progress({ step: "sent" });
    const refusal = await submitOrder(session, { order, signature });
    if (refusal !== undefined) throw new TransactionError({ kind: "unknown", detail: refusal });
  });
}

/** Take some contracts of an order at its price, or nothing. */
export async function takeOrder(
  session: Session,
  account: Address,
  { forward, locked, contracts }: Ticket,
  { order, signature }: LiveOrder,
): Promise<void> {
  const { forwards } = session.deployment;
  if (forwards === undefined) return;
  const take = {
    ...{ quantity: contracts, minimum_quantity: contracts },
    ...{ max_pay: locked, min_receive: 0n },
  };
  const request = {
    address: forwards.book,
    abi: bookAbi as Abi,
    functionName: "fill",
    args: [order, signature, take],
  };
  const taken = [{ token: forward.token, amount: locked }];
  await perform("trade", () => spend(session, account, taken, request, forwards.vault));
}

/** Make sure that an order of the account's is never filled again. */
export async function cancelOrder(session: Session, account: Address, order: Order): Promise<void> {
  const { forwards } = session.deployment;
  if (forwards === undefined) return;
  const abi: Abi = bookAbi;
  const request = { address: forwards.book, abi, functionName: "cancel", args: [order] };
  await perform("cancel", async () => void (await send(session, account, request)));
}

/** Fetch what a contract that is due pays. */
export async function redeemForward(
  session: Session,
  account: Address,
  { id }: Forward,
): Promise<void> {
  const { forwards } = session.deployment;
  if (forwards === undefined) return;
  const abi: Abi = vaultAbi;
  const request = { address: forwards.vault, abi, functionName: "redeem", args: [id, account] };
  await perform("redeem", async () => void (await send(session, account, request)));
}

/** Makes equal orders different. */
function randomSalt(): bigint {
  return crypto.getRandomValues(new BigUint64Array(1))[0] ?? 0n;
}
