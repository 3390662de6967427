// SPDX-License-Identifier: AGPL-3.0-only
// The spot market: taking an order at its price or not at all, signing one, cancelling. What the
// market may take is approved to the unit, on top of what the account's open orders need already.

import { getConnectorClient } from "@wagmi/core";
import { type Abi, type Address, zeroAddress } from "viem";
import { signTypedData } from "viem/actions";
import { view } from "../chain/reader";
import type { Session } from "../chain/session";
import { submitSpot } from "../chain/spot";
import { spotAbi } from "../generated/abi_spot";
import type { SpotFill, SpotOrder } from "../model/spot";
import { shortfallOf } from "../model/sweep";
import { THS_DECIMALS } from "../model/units";
import { perform, progress, send } from "./activity";
import { TransactionError } from "./failure";
import { permitFor } from "./permit";
import { randomSalt } from "./salt";
import { approveAtLeast, spend, type Taken } from "./spend";
import { tradedIn } from "./traded";
import { walletConfig } from "./wallet";

const TYPES = {
  SpotOrder: [
    { name: "maker", type: "address" },
    { name: "taker", type: "address" },
    { name: "is_buy", type: "bool" },
    { name: "token", type: "address" },
    { name: "money", type: "address" },
    { name: "price", type: "uint256" },
    { name: "is_per_remaining", type: "bool" },
    { name: "max_lag_days", type: "uint256" },
    { name: "quantity", type: "uint256" },
    { name: "minimum_quantity", type: "uint256" },
    { name: "deadline", type: "uint256" },
    { name: "epoch", type: "uint256" },
    { name: "salt", type: "uint256" },
  ],
} as const;
/** [days] that settlement may lag behind an order on what remains, as the rules propose */
const MAX_LAG_DAYS = 2n;

/** Parts of orders of one side. */
export interface Taking {
  readonly fills: readonly SpotFill[];
  /** [base units] of what is given that the account's open orders may take already */
  readonly committed: bigint;
  /** [unix s] until when a permit may be used */
  readonly deadline: bigint;
}

/**
 * Take parts of orders, each at its cost and as much as was shown, or not at all; of several, those
 * that fail are passed over. One signature and a transaction where the token has permits and one
 * order is enough.
 */
export function takeSpot(
  session: Session,
  account: Address,
  { fills, committed, deadline }: Taking,
): Promise<boolean> {
  const { spot } = session.deployment;
  const [first] = fills;
  if (spot === undefined || first === undefined) return Promise.resolve(false);
  const { market } = spot;
  const { is_buy: isSold, token, money } = first.offer.order;
  const asked = fills.map(({ offer: { order, signature }, quantity, cost }) => {
    const bound = isSold ? { max_pay: 0n, min_receive: cost } : { max_pay: cost, min_receive: 0n };
    return { order, signature, take: { quantity, minimum_quantity: quantity, ...bound } };
  });
  const given = isSold ? token : money;
  const amount =
    committed + fills.reduce((sum, each) => sum + (isSold ? each.quantity : each.cost), 0n);
  const [{ order, signature, take }] = asked as [(typeof asked)[0]];
  const call =
    asked.length === 1
      ? { functionName: "fill", args: [order, signature, take] }
      : { functionName: "fill_many", args: [asked] };
  const plain = { address: market, abi: spotAbi as Abi, ...call };
  const work = async () => {
    const wanted = { owner: account, spender: market, value: amount, deadline };
    const permit = asked.length === 1 ? await permitFor(session, given, wanted) : undefined;
    if (permit === undefined) await spend(session, account, [{ token: given, amount }], plain);
    else {
      const args = [[permit], ...plain.args];
      await send(session, account, { ...plain, functionName: "fill_with_permits", args });
    }
  };
  const args = { token, money, [isSold ? "seller" : "buyer"]: account };
  const trades = { address: market, abi: spotAbi as Abi, args };
  const wanted = fills.map(({ quantity }) => quantity);
  return perform(isSold ? "sell" : "buy", work, (logs) => ({
    shortfall: shortfallOf(wanted, tradedIn(logs, trades), THS_DECIMALS),
  }));
}

/** What is offered or bid for. */
export interface Offering {
  readonly isBuy: boolean;
  readonly token: Address;
  readonly money: Address;
  readonly price: bigint;
  readonly isPerRemaining: boolean;
  readonly quantity: bigint;
  readonly deadline: bigint;
  /** What the market has to be allowed to take, for it and the account's other open orders. */
  readonly taken: Taken;
}

/** Sign an order and hand it to the relay. */
export function offerSpot(session: Session, account: Address, wanted: Offering): Promise<boolean> {
  const { spot, chain } = session.deployment;
  if (spot === undefined) return Promise.resolve(false);
  const { isBuy, token, money, price, isPerRemaining, quantity, deadline, taken } = wanted;
  return perform("order", async () => {
    await approveAtLeast(session, account, taken, spot.market);
    const { epoch } = await session.reader.read({
      epoch: view(spot.market, spotAbi, "epoch_of", [account]),
    });
    if (epoch === undefined) throw new Error("the market does not answer");
    const order: SpotOrder = {
      ...{ maker: account, taker: zeroAddress, is_buy: isBuy, token, money, price },
      ...{ is_per_remaining: isPerRemaining, max_lag_days: MAX_LAG_DAYS, quantity },
      ...{ minimum_quantity: 0n, deadline, epoch, salt: randomSalt() },
    };
    const wallet = await getConnectorClient(walletConfig(), { account, chainId: chain.id });
    progress({ step: "sign" });
    const signature = await signTypedData(wallet, {
      account,
      domain: {
        ...{ name: "HashrateSpot", version: "1", chainId: chain.id },
        verifyingContract: spot.market,
      },
      types: TYPES,
      primaryType: "SpotOrder",
      message: order,
    });
    progress({ step: "sent" });
    const refusal = await submitSpot(session, order, signature);
    if (refusal !== undefined) throw new TransactionError({ kind: "relay", detail: refusal });
  });
}

/** Make sure that an order is never filled again, by its maker. */
export function cancelSpot(session: Session, order: SpotOrder): Promise<boolean> {
  const { spot } = session.deployment;
  if (spot === undefined) return Promise.resolve(false);
  const abi: Abi = spotAbi;
  const request = { address: spot.market, abi, functionName: "cancel", args: [order] };
  return perform("cancel", () => send(session, order.maker, request));
}
