// SPDX-License-Identifier: AGPL-3.0-only
// Buying from an issuer, and handing back: never for more, or less, than the page showed.

import { type Abi, type Address, erc20Abi } from "viem";
import { view } from "../chain/reader";
import type { Session } from "../chain/session";
import { offeringAbi } from "../generated/abi_offering";
import { perform, type Request, send } from "./activity";
import { permitTerms, signPermit } from "./permit";
import { spend } from "./spend";
import { canBatch } from "./together";

/** What is bought, and for how much. */
export interface Purchase {
  readonly offering: Address;
  readonly round: bigint;
  readonly money: Address;
  /** [TH/s, 18 dec] all of it, or nothing */
  readonly ths: bigint;
  /** [money base units] at most */
  readonly cost: bigint;
  /** [unix s] until when a permit may be used */
  readonly deadline: bigint;
}

/**
 * Buy. One transaction where the money is approved already or the wallet sends calls together; with
 * a permit, a signature and a transaction; else an approval before it.
 */
export function buy(session: Session, account: Address, purchase: Purchase): Promise<boolean> {
  const { offering, round, money, ths, cost, deadline } = purchase;
  const abi: Abi = offeringAbi;
  const plain = { address: offering, abi, functionName: "buy", args: [round, ths, ths, cost] };
  return perform("buy", async () => {
    const permitted = await withPermit(session, account, purchase, deadline, plain);
    if (permitted !== undefined) await send(session, account, permitted);
    else await spend(session, account, [{ token: money, amount: cost }], plain);
  });
}

/** The same call with a permit; `undefined` where none is needed, or none would be understood. */
async function withPermit(
  session: Session,
  account: Address,
  { offering, money, cost }: Purchase,
  deadline: bigint,
  plain: Request,
): Promise<Request | undefined> {
  const [{ allowed = 0n }, terms, code] = await Promise.all([
    session.reader.read({ allowed: view(money, erc20Abi, "allowance", [account, offering]) }),
    permitTerms(session, money, account),
    session.client.getCode({ address: account }), // a contract's account signs otherwise
  ]);
  const isKnown = terms !== undefined && code === undefined;
  if (!isKnown || allowed >= cost || (await canBatch(session, account))) return undefined;
  const wanted = { owner: account, spender: offering, value: cost, deadline };
  const { v, r, s } = await signPermit(session, money, wanted);
  const permit = { token: money, owner: account, value: cost, deadline, v: Number(v), r, s };
  return { ...plain, functionName: "buy_with_permit", args: [permit, ...plain.args] };
}

/** Hand hashrate back for at least what the page showed. */
export function refund(
  session: Session,
  account: Address,
  {
    offering,
    round,
    token,
    ths,
    least,
  }: {
    readonly offering: Address;
    readonly round: bigint;
    readonly token: Address;
    /** [TH/s, 18 dec] */
    readonly ths: bigint;
    /** [money base units] */
    readonly least: bigint;
  },
): Promise<boolean> {
  const request = {
    address: offering,
    abi: offeringAbi as Abi,
    functionName: "refund",
    args: [round, ths, least],
  };
  return perform("refund", () => spend(session, account, [{ token, amount: ths }], request));
}
