// SPDX-License-Identifier: AGPL-3.0-only
// Whether what was confirmed still is: a chain that is reorganised may lose a transaction, or have it
// in another block, where it may have brought something else.

import { type Hash, type TransactionReceipt, TransactionReceiptNotFoundError } from "viem";
import type { Head, Session } from "../chain/session";
import { activity, type Mined, noteMined, progress } from "./activity";

/** [blocks] on top of a transaction from which it is settled: two epochs of Ethereum */
const SETTLED_BLOCKS = 64n;

/** Transactions of which nobody has looked yet whether they are where they were. */
let doubted: readonly Mined[] | undefined;

/**
 * Look after the last act at a new block. The node is asked only where that block may not follow on
 * the one seen before; and at every block for what was lost, since it may come back.
 */
export async function recheck({ client }: Session, head: Head): Promise<void> {
  const current = activity.peek();
  const last = current?.mined.at(-1);
  if (current === undefined || last === undefined) return;
  const wasUndone = current.failure?.kind === "undone";
  if (current.step !== "confirmed" && !wasUndone) return;
  const { number, hash, isNext } = head;
  const isReplaced = number === last.blockNumber && hash !== last.blockHash;
  if (!isNext || isReplaced) doubted = current.mined;
  // of a block that a node has not come to its silence says nothing
  const isOpen = number >= last.blockNumber && number <= last.blockNumber + SETTLED_BLOCKS;
  if (doubted !== current.mined || !isOpen) return;
  const blocks = new Map(current.mined.map((each) => [each.transactionHash, each.blockHash]));
  const receipts = await Promise.all([...blocks.keys()].map((each) => receiptOf(client, each)));
  if (activity.peek() !== current) return;
  const found = receipts.flatMap((each) => (each?.status === "success" ? [each] : []));
  if (found.length < receipts.length) {
    const failure = { kind: "undone", detail: "" } as const;
    if (!wasUndone) progress({ step: "failed", failure, outcome: {}, isSeen: false });
    return;
  }
  doubted = undefined;
  if (wasUndone) progress({ step: "confirmed", failure: undefined, isSeen: false });
  const isMoved = found.some((each) => blocks.get(each.transactionHash) !== each.blockHash);
  if (wasUndone || isMoved) noteMined(found, []);
}

/** The receipt of a transaction, if it is in the chain. */
async function receiptOf(
  client: Session["client"],
  hash: Hash,
): Promise<TransactionReceipt | undefined> {
  try {
    return await client.getTransactionReceipt({ hash });
  } catch (error) {
    if (error instanceof TransactionReceiptNotFoundError) return undefined;
    throw error;
  }
}
