// SPDX-License-Identifier: AGPL-3.0-only
// What the holder does on chain: preparing → sign → sent → confirmed or failed, one act at a time.

import { computed, signal } from "@preact/signals";
import { getConnectorClient } from "@wagmi/core";
import type { Abi, Address, Hash, Log, TransactionReceipt } from "viem";
import { writeContract } from "viem/actions";
import { refresh, type Session } from "../chain/session";
import type { Shortfall } from "../model/sweep";
import { type Failure, failureOf, TransactionError } from "./failure";
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
  readonly act: Act;
  readonly step: Step;
  /** Transactions so far, oldest first. */
  readonly hashes: readonly Hash[];
  /** Those of them that were done, and what all their events come to. */
  readonly mined: readonly Mined[];
  readonly outcomeOf: (logs: readonly Log[]) => Outcome;
  readonly outcome: Outcome;
  readonly failure?: Failure | undefined;
  /** Taken off the screen: told again only if it is undone. */
  readonly isSeen: boolean;
}

const RECEIPT_TIMEOUT_MS = 15 * 60_000;

export const activity = signal<Activity | undefined>(undefined);
export const isBusy = computed(() => {
  const step = activity.value?.step;
  return step === "preparing" || step === "sign" || step === "sent";
});

/** Take the act off the screen. */
export function dismissActivity(): void {
  if (!isBusy.value) progress({ isSeen: true });
}

/** Note how far the act has come. */
export function progress(change: Partial<Activity>): void {
  if (activity.value !== undefined) activity.value = { ...activity.value, ...change };
}

/** Note transactions that were done beside those noted before, and what they brought. */
export function noteMined(receipts: readonly Mined[], before = activity.value?.mined ?? []): void {
  const mined = [...before, ...receipts];
  const outcome = activity.value?.outcomeOf(mined.flatMap(({ logs }) => logs));
  progress({ mined, outcome: outcome ?? {} });
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
  activity.value = {
    ...{ act, step: "preparing", hashes: [], mined: [] },
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
  progress({ step: "sent", hashes: [...(activity.value?.hashes ?? []), hash] });
  noteMined([await mined(session, account, request, hash)]);
}

async function mined(
  { client }: Session,
  account: Address,
  request: Request,
  hash: Hash,
): Promise<TransactionReceipt> {
  let isCancelled = false;
  const receipt = await client.waitForTransactionReceipt({
    hash,
    timeout: RECEIPT_TIMEOUT_MS,
    retryCount: 100,
    onReplaced: ({ reason }) => (isCancelled = reason !== "repriced"),
  });
  if (isCancelled)
    throw new TransactionError({ kind: "cancelled", detail: receipt.transactionHash });
  if (receipt.status === "success") return receipt;
  // the reason is not in the receipt: ask again at the block that refused it
  await client.simulateContract({ ...request, account, blockNumber: receipt.blockNumber });
  throw new TransactionError({ kind: "silent", detail: receipt.transactionHash });
}
