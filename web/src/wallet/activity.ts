// SPDX-License-Identifier: AGPL-3.0-only
// What the holder does on chain: preparing → sign → sent → confirmed or failed, one act at a time.

import { computed, signal } from "@preact/signals";
import { getConnectorClient } from "@wagmi/core";
import type { Abi, Address, Hash, Log, TransactionReceipt } from "viem";
import { writeContract } from "viem/actions";
import { refresh, type Session } from "../chain/session";
import type { Shortfall } from "../model/sweep";
import { type Failure, failureOf, shortMessage, TransactionError } from "./failure";
import { walletConfig } from "./wallet";

export type Step = "preparing" | "sign" | "sent" | "confirmed" | "failed";

export type Act =
  | "claim"
  | "pull"
  | "payout"
  | "transfer"
  | "permit"
  | "buy"
  | "sell"
  | "refund"
  | "split"
  | "merge"
  | "redeem"
  | "note"
  | "create"
  | "order"
  | "trade"
  | "cancel";

/** A call of a contract, ready to be rehearsed and sent. */
export interface Request {
  readonly address: Address;
  readonly abi: Abi;
  readonly functionName: string;
  readonly args: readonly unknown[];
}

/** Reward that arrived. */
export interface Received {
  readonly coin: Address;
  readonly amount: bigint;
  readonly decimals: number;
  readonly symbol: string;
}

/** What an act brought. */
export interface Outcome {
  readonly received?: readonly Received[];
  /** What orders that were passed over did not give. */
  readonly shortfall?: Shortfall | undefined;
}

/** A transaction in a block. */
export type Mined = Pick<
  TransactionReceipt,
  "transactionHash" | "blockHash" | "blockNumber" | "status"
> & { readonly logs: readonly Log[] };

/** The act in progress, or the last one. */
export interface Activity {
  /** No two acts have the same. */
  readonly id: number;
  readonly act: Act;
  readonly step: Step;
  /** Transactions so far, oldest first. */
  readonly hashes: readonly Hash[];
  /** Those of them that were done, and what all their events come to. */
  readonly mined: readonly Mined[];
  readonly outcomeOf: (logs: readonly Log[]) => Outcome;
  readonly outcome: Outcome;
  readonly failure?: Failure | undefined;
  /** How it stood before the chain lost it; nothing while it is not lost. */
  readonly before?: Pick<Activity, "step" | "failure"> | undefined;
  /** Taken off the screen: told again only if it is undone. */
  readonly isSeen: boolean;
}

const RECEIPT_TIMEOUT_MS = 15 * 60_000;
/** Acts that are looked after besides the last one, at most. */
const MAX_EARLIER = 16;

export const activity = signal<Activity | undefined>(undefined);
/** Acts before it that brought something, the newest first: they may still be undone. */
export const earlier = signal<readonly Activity[]>([]);
export const isBusy = computed(() => {
  const step = activity.value?.step;
  return step === "preparing" || step === "sign" || step === "sent";
});

/** Take what is told off the screen. */
export function dismissActivity(): void {
  if (isBusy.value) return;
  progress({ isSeen: true });
  earlier.value = earlier.value.map((each) => ({ ...each, isSeen: true }));
}

/** Whether an act did something on the chain that may be undone, though not all of it perhaps. */
export function isDone({ step, mined, outcome, before }: Activity): boolean {
  const isPartly = step === "failed" && (before !== undefined || outcome.received !== undefined);
  return mined.length > 0 && (step === "confirmed" || isPartly);
}

/** Note how far the act has come. */
export function progress(change: Partial<Activity>): void {
  if (activity.value !== undefined) activity.value = { ...activity.value, ...change };
}

/** Note transactions that were done beside those noted before, and what they brought. */
export function noteMined(receipts: readonly Mined[]): void {
  const current = activity.value;
  if (current === undefined) return;
  const mined = [...current.mined, ...receipts];
  progress({ mined, outcome: outcomeIn(current, mined) });
}

/** What the events of an act's transactions come to. */
export function outcomeIn({ outcomeOf }: Activity, mined: readonly Mined[]): Outcome {
  return outcomeOf(mined.flatMap(({ logs }) => logs));
}

/**
 * Do something in steps; whatever goes wrong ends it as failed, with the reason. What it brought is
 * told from the events of its transactions. Whether it was done: what was typed for it is wanted
 * again if not.
 */
export async function perform(
  act: Act,
  work: () => Promise<void>,
  outcomeOf: Activity["outcomeOf"] = () => ({}),
): Promise<boolean> {
  if (isBusy.value) return false;
  const last = activity.value;
  if (last !== undefined && isDone(last))
    earlier.value = [{ ...last, isSeen: true }, ...earlier.value].slice(0, MAX_EARLIER);
  activity.value = {
    ...{ id: (last?.id ?? 0) + 1, act, step: "preparing", hashes: [], mined: [] },
    ...{ outcomeOf, outcome: {}, isSeen: false },
  };
  try {
    await work();
    progress({ step: "confirmed" });
    return true;
  } catch (error) {
    progress({ step: "failed", failure: await failureOf(error) });
    return false;
  } finally {
    refresh();
  }
}

/** Rehearse a call, have it signed, wait until it is mined. */
export async function send(session: Session, account: Address, request: Request): Promise<void> {
  progress({ step: "preparing" });
  await session.client.simulateContract({ ...request, account });
  const wallet = await getConnectorClient(walletConfig(), {
    account,
    chainId: session.deployment.chain.id,
  });
  progress({ step: "sign" });
  const hash = await writeContract(wallet, {
    ...request,
    account,
    chain: session.deployment.chain,
  });
  const sent = activity.value?.hashes ?? [];
  progress({ step: "sent", hashes: [...sent, hash] });
  const receipt = await mined(session, account, request, hash);
  // one with a higher fee may have taken its place
  progress({ hashes: [...sent, receipt.transactionHash] });
  noteMined([receipt]);
}

async function mined(
  { client }: Session,
  account: Address,
  request: Request,
  hash: Hash,
): Promise<TransactionReceipt> {
  let isCancelled = false;
  const receipt = await untilDone(
    client.waitForTransactionReceipt({
      hash,
      timeout: RECEIPT_TIMEOUT_MS,
      retryCount: 100,
      onReplaced: ({ reason }) => (isCancelled = reason !== "repriced"),
    }),
  );
  if (isCancelled)
    throw new TransactionError({ kind: "cancelled", detail: receipt.transactionHash });
  if (receipt.status === "success") return receipt;
  // the reason is not in the receipt: ask again at the block that refused it
  await client.simulateContract({ ...request, account, blockNumber: receipt.blockNumber });
  throw new TransactionError({ kind: "silent", detail: receipt.transactionHash });
}

/** Wait for what was sent: where that fails, it may be done all the same. */
export function untilDone<T>(waiting: Promise<T>): Promise<T> {
  return waiting.catch((error) => {
    throw new TransactionError({ kind: "pending", detail: shortMessage(error) });
  });
}
