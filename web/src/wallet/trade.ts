// SPDX-License-Identifier: AGPL-3.0-only
// Forwards: signing an order, taking some, cancelling, redeeming. What the vault may take is
// approved to the unit, on top of what open orders need already. What is signed is the very order
// that was shown: nothing of it is made here.

import { getConnectorClient } from "@wagmi/core";
import type { Abi, Address, Hex } from "viem";
import { signTypedData } from "viem/actions";
import type { Forward } from "../chain/forwards";
import { submitOrder, submitWithdrawal } from "../chain/relay";
import type { Session } from "../chain/session";
import { bookAbi, vaultAbi } from "../generated/abi_forwards";
import { ORDER_TYPES, type Order, orderDomain, WITHDRAWAL_TYPES } from "../model/forward_order";
import { shortfallOf } from "../model/sweep";
import type { FillTerms } from "../model/ticket";
import { type Act, perform, progress, type Request, send } from "./activity";
import { TransactionError } from "./failure";
import { approveAtLeast, spend, type Taken } from "./spend";
import { tradedIn } from "./traded";
import { walletConfig } from "./wallet";

/**
 * Sign an order and hand it to the relays. `needed` is what the vault has to be allowed to take for
 * it and for the account's other open orders.
 */
export async function placeOrder(session: Session, order: Order, needed: Taken) {
  const { forwards, chain } = session.deployment;
  if (forwards === undefined) return;
  await perform("order", async () => {
    await approveAtLeast(session, order.maker, needed, forwards.vault);
    const wallet = await signerOf(session, order.maker);
    progress({ step: "sign" });
    const signature = await signTypedData(wallet, {
      account: order.maker,
      domain: orderDomain(chain.id, forwards.book),
      types: ORDER_TYPES,
      primaryType: "Order",
      message: order,
    });
    progress({ step: "sent" });
    refuse(await submitOrder(session, { order, signature }));
  });
}

/** Tell the relays that an order is off; the chain hears nothing of it. */
export async function withdrawOrder(session: Session, account: Address, hash: Hex) {
  const { forwards, chain } = session.deployment;
  if (forwards === undefined) return;
  await perform("cancel", async () => {
    const wallet = await signerOf(session, account);
    progress({ step: "sign" });
    const signature = await signTypedData(wallet, {
      account,
      domain: orderDomain(chain.id, forwards.book),
      types: WITHDRAWAL_TYPES,
      primaryType: "Withdrawal",
      message: { order_hash: hash },
    });
    progress({ step: "sent" });
    refuse(await submitWithdrawal(session, hash, signature));
  });
}

/**
 * Take parts of orders, each at its price and as much as was shown, or not at all. `needed` is what
 * the vault has to be allowed to take for it and for the account's open orders.
 */
export async function takeOrders(
  session: Session,
  account: Address,
  fills: readonly FillTerms[],
  needed: Taken,
) {
  const { forwards } = session.deployment;
  if (forwards === undefined) return;
  const asked = fills.map(({ fill: { live, units }, maxPay, minReceive }) => {
    const take = { quantity: units, minimum_quantity: units };
    return [
      live.order,
      live.signature,
      { ...take, max_pay: maxPay, min_receive: minReceive },
    ] as const;
  });
  const [first] = asked;
  if (first === undefined) return;
  const many = asked.map(([order, signature, take]) => ({ order, signature, take }));
  // one alone fails with its own reason; of several, those that fail are passed over
  const call =
    asked.length === 1
      ? { functionName: "fill", args: first }
      : { functionName: "fill_many", args: [many] };
  const request = { address: forwards.book, abi: bookAbi as Abi, ...call };
  const work = () => spend(session, account, [needed], request, forwards.vault);
  if (asked.length === 1) {
    await perform("trade", work);
    return;
  }
  const [leg] = first[0].legs;
  const args = { series: leg?.series, [leg?.is_buy ? "seller" : "buyer"]: account };
  const trades = { address: forwards.vault, abi: vaultAbi as Abi, args };
  await perform("trade", work, (logs) => ({
    shortfall: shortfallOf(
      fills.map(({ fill }) => fill.units),
      tradedIn(logs, trades),
      0,
    ),
  }));
}

/** Make sure that an order of the account's is never filled again. */
export function cancelOrder(session: Session, account: Address, order: Order) {
  return call(session, account, "cancel", { functionName: "cancel", args: [order] });
}

/** The same of all its orders of a series that are signed already. */
export function cancelSeries(session: Session, account: Address, series: bigint) {
  return call(session, account, "cancel", { functionName: "cancel_series", args: [series] });
}

/** The same of all its orders that are signed already. */
export function cancelAll(session: Session, account: Address) {
  return call(session, account, "cancel", { functionName: "cancel_all", args: [] });
}

/** Fetch what a contract that is due pays. */
export async function redeemForward(session: Session, account: Address, { id }: Forward) {
  const { forwards } = session.deployment;
  if (forwards === undefined) return;
  const abi: Abi = vaultAbi;
  const request = { address: forwards.vault, abi, functionName: "redeem", args: [id, account] };
  await perform("redeem", () => send(session, account, request));
}

/** Call the book. */
async function call(
  session: Session,
  account: Address,
  act: Act,
  { functionName, args }: Pick<Request, "functionName" | "args">,
) {
  const { forwards } = session.deployment;
  if (forwards === undefined) return;
  const request = { address: forwards.book, abi: bookAbi as Abi, functionName, args };
  await perform(act, () => send(session, account, request));
}

function signerOf({ deployment }: Session, account: Address) {
  return getConnectorClient(walletConfig(), { account, chainId: deployment.chain.id });
}

function refuse(refusal: string | undefined): void {
  if (refusal !== undefined) throw new TransactionError({ kind: "relay", detail: refusal });
}
