// SPDX-License-Identifier: AGPL-3.0-only
// Calls that take tokens of the account: what they may take is approved to the unit, in as few
// signatures as the wallet and the tokens allow.

import { type Abi, type Address, erc20Abi } from "viem";
import { view } from "../chain/reader";
import type { Session } from "../chain/session";
import { type Request, send } from "./activity";
import { canBatch, sendTogether } from "./together";

/** Tokens that a call takes. */
export interface Taken {
  readonly token: Address;
  /** [base units] */
  readonly amount: bigint;
}

/** Send a call that takes tokens, after the approvals that are missing: in one go if possible. */
export async function spend(
  session: Session,
  account: Address,
  taken: readonly Taken[],
  request: Request,
  spender = request.address,
): Promise<void> {
  const missing = await approvals(session, account, taken, spender);
  if (missing.length > 0 && (await canBatch(session, account))) {
    await sendTogether(session, account, [...missing, request]);
    return;
  }
  for (const approval of missing) await send(session, account, approval);
  await send(session, account, request);
}

/** Approve an amount if less is approved. */
export async function approveAtLeast(
  session: Session,
  account: Address,
  taken: Taken,
  spender: Address,
): Promise<void> {
  const [missing] = await approvals(session, account, [taken], spender);
  if (missing !== undefined) await send(session, account, missing);
}

/** Approvals that a call needs and does not have; no more than it takes. */
async function approvals(
  { reader }: Session,
  account: Address,
  taken: readonly Taken[],
  spender: Address,
): Promise<Request[]> {
  const answers = await reader.readSets(
    taken.map(({ token }) => ({
      allowed: view(token, erc20Abi, "allowance", [account, spender]),
    })),
  );
  return taken.flatMap(({ token, amount }, i) => {
    if ((answers[i]?.allowed ?? 0n) >= amount) return [];
    const abi: Abi = erc20Abi;
    return { address: token, abi, functionName: "approve", args: [spender, amount] };
  });
}
