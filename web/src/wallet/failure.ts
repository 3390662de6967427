// SPDX-License-Identifier: AGPL-3.0-only
// Why a transaction did not happen, in the terms of errors.toml where a contract refused it.

import { BaseError, ContractFunctionRevertedError } from "viem";
import { isUnreachable } from "../chain/reader";

/** Why it failed: a contract's reason, or something between the holder and the chain. */
export type Failure =
  | { readonly kind: "reason"; readonly reason: string }
  | {
      readonly kind:
        | "rejected" // the holder said no
        | "busy" // the wallet already shows a request
        | "gas" // the account cannot pay the network
        | "disconnected" // the wallet is not on this chain or gone
        | "node" // the page's node does not answer
        | "pending" // sent, and not seen in a block while the page waited
        | "relay" // signed, and the relay did not say that it took it
        | "cancelled" // replaced by another transaction of the account
        | "undone" // confirmed, and lost with its block
        | "silent" // refused without a reason
        | "unknown";
      readonly detail: string;
    };

/** The transaction was mined and refused, or replaced. */
export class TransactionError extends Error {
  override readonly name = "TransactionError";

  constructor(readonly failure: Failure) {
    super(failure.kind);
  }
}

const REJECTED_CODES = new Set([4001, 5000, 5750]);
const BUSY_CODE = -32002;
/** What nodes put before a contract's reason when a wallet passes on their words. */
const NODE_PREFIX = /^execution reverted:?\s*/i;
const DISCONNECTED_CODES = new Set([4100, 4900, 4901, 4902]);

/** Read what went wrong out of an error of viem, wagmi or a wallet. */
export async function failureOf(error: unknown): Promise<Failure> {
  if (error instanceof TransactionError) return error.failure;
  const detail = shortMessage(error);
  const codes = codesOf(error);
  if (codes.some((code) => REJECTED_CODES.has(code))) return { kind: "rejected", detail };
  if (codes.includes(BUSY_CODE)) return { kind: "busy", detail };
  const text = String(error);
  // before the reasons: viem takes any words that come with an internal error for a contract's
  if (/insufficient funds/i.test(text)) return { kind: "gas", detail };
  const reason = await reasonOf(error);
  if (reason !== undefined) return { kind: "reason", reason };
  if (isUnreachable(error)) return { kind: "node", detail };
  if (codes.some((code) => DISCONNECTED_CODES.has(code))) return { kind: "disconnected", detail };
  if (/connector not connected|chain.*mismatch/i.test(text))
    return { kind: "disconnected", detail };
  if (/revert/i.test(text)) return { kind: "silent", detail };
  return { kind: "unknown", detail };
}

/** The reason a contract gave, from the revert data or, failing that, from a wallet's words. */
async function reasonOf(error: unknown): Promise<string | undefined> {
  if (error instanceof BaseError) {
    const revert = error.walk((cause) => cause instanceof ContractFunctionRevertedError);
    if (revert instanceof ContractFunctionRevertedError && revert.reason) {
      return revert.reason.replace(NODE_PREFIX, "");
    }
  }
  const { reasons } = await import("../generated/reasons");
  const text = messagesOf(error).join("\n");
  return Object.keys(reasons)
    .filter((reason) => text.includes(reason))
    .sort((a, b) => b.length - a.length)[0];
}

function* chain(error: unknown): Generator<Record<string, unknown>> {
  for (
    let each = error, depth = 0;
    typeof each === "object" && each !== null && depth < 10;
    depth++
  ) {
    yield each as Record<string, unknown>;
    each = (each as Record<string, unknown>)["cause"] ?? (each as Record<string, unknown>)["data"];
  }
}

function codesOf(error: unknown): number[] {
  return [...chain(error)].flatMap(({ code }) => (typeof code === "number" ? [code] : []));
}

function messagesOf(error: unknown): string[] {
  return [...chain(error)].flatMap(({ message }) => (typeof message === "string" ? [message] : []));
}

/** The first words of an error. */
export function shortMessage(error: unknown): string {
  const text = error instanceof BaseError ? error.shortMessage : (messagesOf(error)[0] ?? "");
  return text.slice(0, 300);
}
