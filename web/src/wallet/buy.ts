// SPDX-License-Identifier: AGPL-3.0-only
// Buying from an issuer, and handing back: never for more, or less, than the page showed.

import type { Abi, Address } from "viem";
import type { Session } from "../chain/session";
import { offeringAbi } from "../generated/abi_offering";
import { perform, send } from "./activity";
import { permitFor } from "./permit";
import { spend } from "./spend";

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
    const wanted = { owner: account, spender: offering, value: cost, deadline };
    const permit = await permitFor(session, money, wanted);
    if (permit === undefined)
      await spend(session, account, [{ token: money, amount: cost }], plain);
    else {
      const args = [permit, ...plain.args];
      await send(session, account, { ...plain, functionName: "buy_with_permit", args });
    }
  });
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
