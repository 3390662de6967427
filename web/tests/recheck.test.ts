// SPDX-License-Identifier: AGPL-3.0-only
import { type Hash, type Log, TransactionReceiptNotFoundError } from "viem";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Head, Session } from "../src/chain/session";
import { activity, dismissActivity, type Mined, noteMined, perform } from "../src/wallet/activity";
import { recheck } from "../src/wallet/recheck";

// what needs a browser
vi.mock("../src/chain/session", () => ({ refresh: () => undefined }));
vi.mock("../src/wallet/wallet", () => ({}));

const HASH: Hash = `0x${"11".repeat(32)}`;
const FIRST: Hash = `0x${"aa".repeat(32)}`;
const SECOND: Hash = `0x${"bb".repeat(32)}`;
const BLOCK = 100n;

/** A receipt with some events. */
function receipt(blockHash: Hash, events = 1, status: Mined["status"] = "success"): Mined {
  const logs = Array.from({ length: events }, () => ({}) as Log);
  return { transactionHash: HASH, blockHash, blockNumber: BLOCK, status, logs };
}

/** A node that has the transaction in a block, or in none. */
function nodeWith(found: Mined | undefined) {
  const getTransactionReceipt = vi.fn(async () => {
    if (found === undefined) throw new TransactionReceiptNotFoundError({ hash: HASH });
    return found;
  });
  return {
    session: { client: { getTransactionReceipt } } as unknown as Session,
    getTransactionReceipt,
  };
}

function head(isNext: boolean, number = BLOCK, hash = FIRST): Head {
  return { number, hash, isNext, timestamp: 0, seenAt: 0 };
}

const LOST = nodeWith(undefined).session;

beforeEach(async () => {
  const confirm = async () => noteMined([receipt(FIRST)]);
  const outcomeOf = (logs: readonly Log[]) => ({
    shortfall: { wanted: 9n, taken: BigInt(logs.length), decimals: 0, orders: 9, missed: 1 },
  });
  await perform("buy", confirm, outcomeOf);
});

describe("a confirmed transaction", () => {
  test("is not asked for while each block follows on the one before", async () => {
    const node = nodeWith(undefined);

    await recheck(node.session, head(true));

    expect(node.getTransactionReceipt).not.toHaveBeenCalled();
    expect(activity.value?.step).toBe("confirmed");
  });

  test("is asked for once at a block that may not, and stays if it is where it was", async () => {
    const node = nodeWith(receipt(FIRST));

    await recheck(node.session, head(false));
    await recheck(node.session, head(true));

    expect(node.getTransactionReceipt).toHaveBeenCalledOnce();
    expect(activity.value?.step).toBe("confirmed");
  });

  test("is asked for if its own block is another one, though that follows", async () => {
    await recheck(LOST, head(true, BLOCK, SECOND));

    expect(activity.value?.failure?.kind).toBe("undone");
  });

  test("is undone if the chain has lost it, though it was taken off the screen", async () => {
    dismissActivity();

    await recheck(LOST, head(false));

    expect(activity.value).toMatchObject({ step: "failed", isSeen: false, outcome: {} });
    expect(activity.value?.failure?.kind).toBe("undone");
  });

  test("is undone if another block has it refused", async () => {
    await recheck(nodeWith(receipt(SECOND, 0, "reverted")).session, head(false));

    expect(activity.value?.failure?.kind).toBe("undone");
  });

  test("is told anew from the block that has it now", async () => {
    await recheck(nodeWith(receipt(SECOND, 5)).session, head(false));

    expect(activity.value?.step).toBe("confirmed");
    expect(activity.value?.outcome.shortfall?.taken).toBe(5n);
  });

  test("that was undone and came back is confirmed again, at a block that follows", async () => {
    await recheck(LOST, head(false));
    dismissActivity();
    await recheck(nodeWith(receipt(SECOND, 2)).session, head(true));

    expect(activity.value?.step).toBe("confirmed");
    expect(activity.value).toMatchObject({ failure: undefined, isSeen: false });
    expect(activity.value?.outcome.shortfall?.taken).toBe(2n);
  });

  test("is left alone by a node that has not come to its block, and looked for when it has", async () => {
    await recheck(LOST, head(false, BLOCK - 1n));
    expect(activity.value?.step).toBe("confirmed");

    await recheck(LOST, head(true));
    expect(activity.value?.failure?.kind).toBe("undone");
  });

  test("is looked for again where the node did not answer", async () => {
    const isDown = { getTransactionReceipt: () => Promise.reject(new Error("no answer")) };
    const down = { client: isDown } as unknown as Session;
    await expect(recheck(down, head(false))).rejects.toThrow("no answer");
    expect(activity.value?.step).toBe("confirmed");

    await recheck(LOST, head(true));
    expect(activity.value?.failure?.kind).toBe("undone");
  });

  test("is settled after 64 blocks", async () => {
    const node = nodeWith(undefined);

    await recheck(node.session, head(false, BLOCK + 65n));

    expect(node.getTransactionReceipt).not.toHaveBeenCalled();
  });
});
