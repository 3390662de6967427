// SPDX-License-Identifier: AGPL-3.0-only
// Calls that take tokens of the account: what they may take is approved to the unit, in as few
// signatures as the wallet and the tokens allow.

import { type Address, erc20Abi, parseAbi } from "viem";
import { isUnreachable, view } from "../chain/reader";
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
  const missing = await approvals(session, account, [taken], spender);
  for (const approval of missing) await send(session, account, approval);
}

// nothing is read of an answer that some tokens leave out: the call that needs it tells
const APPROVE = parseAbi(["function approve(address spender, uint256 amount)"]);

/** Approvals that a call needs and does not have; no more than it takes. */
async function approvals(
  { reader, client }: Session,
  account: Address,
  taken: readonly Taken[],
  spender: Address,
): Promise<Request[]> {
  const answers = await reader.readSets(
    taken.map(({ token }) => ({
      allowed: view(token, erc20Abi, "allowance", [account, spender]),
    })),
  );
  const requests = taken.map(async ({ token, amount }, i) => {
    const allowed = answers[i]?.allowed ?? 0n;
    if (allowed >= amount) return [];
    const to = (value: bigint): Request => {
      return { address: token, abi: APPROVE, functionName: "approve", args: [spender, value] };
    };
    // some tokens let an approval only be given where there is none
    const isChanged = allowed === 0n || (await isAccepted(client, account, to(amount)));
    return isChanged ? [to(amount)] : [to(0n), to(amount)];
  });
  return (await Promise.all(requests)).flat();
}

async function isAccepted(
  client: Session["client"],
  account: Address,
  request: Request,
): Promise<boolean> {
  try {
    await client.simulateContract({ ...request, account });
    return true;
  } catch (refused) {
    if (isUnreachable(refused)) throw refused;
    return false;
  }
}
