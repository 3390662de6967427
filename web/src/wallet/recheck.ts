// SPDX-License-Identifier: AGPL-3.0-only
// Whether what was confirmed still is: a chain that is reorganised may lose a transaction, or have it
// in another block, where it may have brought something else.

import { TransactionReceiptNotFoundError } from "viem";
import type { Head, Session } from "../chain/session";
import { type Activity, activity, earlier, isDone, type Mined, outcomeIn } from "./activity";

/** [blocks] on top of a transaction from which it is settled: two epochs of Ethereum */
const SETTLED_BLOCKS = 64n;

/** Transactions that may not be where they were; and acts' that nobody has to look after any more. */
const doubted = new WeakSet<Mined>();
const settled = new WeakSet<readonly Mined[]>();

/**
 * Look after what was done at a new block. The node is asked only where that block may not follow on
 * the one seen before; and at every block for what was lost, since it may come back.
 */
export async function recheck({ client }: Session, head: Head): Promise<void> {
  const acts = [activity.peek(), ...earlier.peek()].flatMap((each) => each ?? []);
  await Promise.all(acts.map((act) => recheckOne(client, act, head)));
}

type Client = Session["client"];

async function recheckOne(client: Client, act: Activity, head: Head): Promise<void> {
  const { mined } = act;
  const { number, hash, isNext } = head;
  const newest = mined.at(-1)?.blockNumber ?? 0n;
  if (settled.has(mined)) return;
  const isReplaced = mined.some((each) => each.blockNumber === number && each.blockHash !== hash);
  if (!isNext || isReplaced) for (const each of mined) doubted.add(each);
  // one that goes on waits; of a block that a node has not come to its silence says nothing
  if (!isDone(act) || number < newest) return;
  if (mined.some((each) => doubted.has(each))) await look(client, mined);
  // not before the node has answered: blocks that nobody saw may have been replaced
  if (number > newest + SETTLED_BLOCKS) settled.add(mined);
}

/** Ask where some transactions are, and note what became of their act. */
async function look(client: Client, mined: readonly Mined[]): Promise<void> {
  const was = [...new Map(mined.map((each) => [each.transactionHash, each])).values()];
  const receipts = await Promise.all(was.map((each) => seek(client, each)));
  const found = receipts.flatMap((each) => (each?.status === "success" ? [each] : []));
  const isLost = found.length < was.length;
  if (!isLost) for (const each of mined) doubted.delete(each);
  const isMoved = found.some((each, i) => each.blockHash !== was[i]?.blockHash);
  change(mined, (act) => {
    const { step, failure, before } = act;
    if (isLost && before !== undefined) return act;
    if (isLost)
      return {
        ...{ ...act, step: "failed", failure: { kind: "undone", detail: "" } },
        ...{ before: { step, failure }, outcome: {}, isSeen: false },
      };
    if (before === undefined && !isMoved) return act;
    const told = { ...act, mined: found, outcome: outcomeIn(act, found) };
    return before === undefined ? told : { ...told, ...before, before: undefined, isSeen: false };
  });
}

/** Put what became of the act of some transactions in its place, if it is still known. */
function change(mined: readonly Mined[], by: (act: Activity) => Activity): void {
  const of = (act: Activity) => (act.mined === mined ? by(act) : act);
  if (activity.value !== undefined) activity.value = of(activity.value);
  if (earlier.value.some((act) => act.mined === mined)) earlier.value = earlier.value.map(of);
}

/** A transaction as it is in the chain now; nothing where the chain has lost it. */
async function seek(client: Client, was: Mined): Promise<Mined | undefined> {
  try {
    return await client.getTransactionReceipt({ hash: was.transactionHash });
  } catch (error) {
    if (!(error instanceof TransactionReceiptNotFoundError)) throw error;
    // one node of several may not know of it yet: a block that is in the chain has what it had
    const { hash } = await client.getBlock({ blockNumber: was.blockNumber });
    return hash === was.blockHash ? was : undefined;
  }
}
