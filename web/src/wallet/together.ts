// SPDX-License-Identifier: AGPL-3.0-only
// Several calls as one, where the wallet can (EIP-5792): one signature, all or nothing.

import { getCapabilities, sendCalls, waitForCallsStatus } from "@wagmi/core";
import { type Address, encodeFunctionData } from "viem";
import type { Session } from "../chain/session";
import { activity, type Mined, noteMined, progress, type Request, untilDone } from "./activity";
import { TransactionError } from "./failure";
import { walletConfig } from "./wallet";

const TIMEOUT_MS = 15 * 60_000;

/** Whether the wallet sends several calls as one. */
export async function canBatch({ deployment }: Session, account: Address): Promise<boolean> {
  try {
    const chainId = deployment.chain.id;
    const { atomic } = await getCapabilities(walletConfig(), { account, chainId });
    return atomic?.status === "supported" || atomic?.status === "ready";
  } catch {
    return false; // a wallet that knows nothing of it
  }
}

/** Have several calls signed as one, and wait until they are mined. */
export async function sendTogether(
  session: Session,
  account: Address,
  requests: readonly Request[],
): Promise<void> {
  progress({ step: "sign" });
  const { id } = await sendCalls(walletConfig(), {
    account,
    chainId: session.deployment.chain.id,
    forceAtomic: true,
    calls: requests.map((request) => ({ to: request.address, data: encodeFunctionData(request) })),
  });
  progress({ step: "sent" });
  const waiting = waitForCallsStatus(walletConfig(), { id, timeout: TIMEOUT_MS });
  const { status, receipts = [] } = await untilDone(waiting);
  const hashes = [...new Set(receipts.map(({ transactionHash }) => transactionHash))];
  progress({ hashes: [...(activity.value?.hashes ?? []), ...hashes] });
  if (status !== "success")
    throw new TransactionError({ kind: "silent", detail: hashes.join(" ") });
  // a wallet that shows no receipts says nothing of what it brought
  if (receipts.length > 0) noteMined(receipts as unknown as readonly Mined[]);
}
