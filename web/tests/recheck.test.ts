// SPDX-License-Identifier: AGPL-3.0-only
import { type Hash, type Log, TransactionReceiptNotFoundError } from "viem";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Head, Session } from "../src/chain/session";
import {
  activity,
  dismissActivity,
  earlier,
  type Mined,
  noteMined,
  perform,
} from "../src/wallet/activity";
import { recheck } from "../src/wallet/recheck";

// what needs a browser
vi.mock("../src/chain/session", () => ({ refresh: () => undefined }));
vi.mock("../src/wallet/wallet", () => ({}));

const HASH: Hash = `0x${"11".repeat(32)}`;
const FIRST: Hash = `0x${"aa".repeat(32)}`;
const SECOND: Hash = `0x${"bb".repeat(32)}`;
const BLOCK = 100n;

/** A receipt with some events. */
function receipt(
  blockHash: Hash,
  events = 1,
  status: Mined["status"] = "success",
  transactionHash = HASH,
): Mined {
  const logs = Array.from({ length: events }, () => ({}) as Log);
  return { transactionHash, blockHash, blockNumber: BLOCK, status, logs };
}

/** A node that has some transactions in blocks, and a block at every number. */
function nodeWith(found: readonly Mined[] | Mined | undefined, blockHash = SECOND) {
  const getTransactionReceipt = vi.fn(async ({ hash }: { hash: Hash }) => {
    const known = [found ?? []].flat().find(({ transactionHash }) => transactionHash === hash);
    if (known === undefined) throw new TransactionReceiptNotFoundError({ hash });
    return known;
  });
  const getBlock = async () => ({ hash: blockHash });
  return {
    session: { client: { getTransactionReceipt, getBlock } } as unknown as Session,
    getTransactionReceipt,
  };
}

function head(isNext: boolean, number = BLOCK, hash = FIRST): Head {
  return { number, hash, isNext, timestamp: 0, seenAt: 0 };
}

const LOST = nodeWith(undefined).session;

const outcomeOf = (logs: readonly Log[]) => ({
  shortfall: { wanted: 9n, taken: BigInt(logs.length), decimals: 0, orders: 9, missed: 1 },
});

/** Do something that a transaction in the first block is all of. */
function confirm(act: "buy" | "sell", transactionHash = HASH) {
  const work = async () => noteMined([receipt(FIRST, 1, "success", transactionHash)]);
  return perform(act, work, outcomeOf);
}

beforeEach(async () => {
  activity.value = undefined;
  earlier.value = [];
  await confirm("buy");
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

  test("is not undone by a node that knows its block but not yet its transaction", async () => {
    const node = nodeWith(undefined, FIRST);

    await recheck(node.session, head(false));

    expect(node.getTransactionReceipt).toHaveBeenCalledOnce();
    expect(activity.value?.step).toBe("confirmed");
  });

  test("is settled once 64 blocks stand on it that followed", async () => {
    await recheck(LOST, head(true, BLOCK + 65n));
    const node = nodeWith(undefined);

    await recheck(node.session, head(false, BLOCK + 66n));

    expect(node.getTransactionReceipt).not.toHaveBeenCalled();
  });

  test("is looked for once where nobody saw the blocks on it, as in a hidden tab", async () => {
    await recheck(LOST, head(false, BLOCK + 400n));
    expect(activity.value?.failure?.kind).toBe("undone");
    const node = nodeWith(undefined);

    await recheck(node.session, head(false, BLOCK + 401n));

    expect(node.getTransactionReceipt).not.toHaveBeenCalled();
  });
});

describe("acts before the last one", () => {
  const OTHER: Hash = `0x${"22".repeat(32)}`;

  test("are looked after, told as undone, and told again when they are back", async () => {
    await confirm("sell", OTHER);

    await recheck(nodeWith(receipt(FIRST, 1, "success", OTHER)).session, head(false));

    expect(activity.value).toMatchObject({ act: "sell", step: "confirmed" });
    expect(earlier.value).toMatchObject([{ act: "buy", step: "failed", isSeen: false }]);
    expect(earlier.value[0]?.failure?.kind).toBe("undone");
    dismissActivity();
    expect(earlier.value[0]?.isSeen).toBe(true);
    const back = [receipt(SECOND, 3), receipt(FIRST, 1, "success", OTHER)];
    await recheck(nodeWith(back).session, head(true));
    expect(earlier.value).toMatchObject([{ step: "confirmed", isSeen: false, failure: undefined }]);
    expect(earlier.value[0]?.outcome.shortfall?.taken).toBe(3n);
  });

  test("say nothing while they are where they were", async () => {
    await confirm("sell", OTHER);
    const here = [receipt(FIRST), receipt(FIRST, 1, "success", OTHER)];

    await recheck(nodeWith(here).session, head(false));

    expect(earlier.value).toMatchObject([{ step: "confirmed", isSeen: true }]);
  });

  test("are the newest, and no more of them than can be looked after", async () => {
    for (let place = 0; place < 20; place++) await confirm("buy", `0x${place}`);
    const node = nodeWith(undefined);

    await recheck(node.session, head(false));

    expect(earlier.value).toHaveLength(16);
    expect(node.getTransactionReceipt).toHaveBeenCalledTimes(17);
    expect(node.getTransactionReceipt).toHaveBeenCalledWith({ hash: "0x3" });
    expect(node.getTransactionReceipt).not.toHaveBeenCalledWith({ hash: "0x2" });
  });

  test("that a wallet refused brought nothing, and are forgotten", async () => {
    await perform("buy", () => Promise.reject(new Error("no")));
    await confirm("sell", OTHER);

    expect(earlier.value.map(({ step }) => step)).toEqual(["confirmed"]);
  });
});

describe("an act of several transactions", () => {
  const received = () => ({
    received: [{ coin: HASH, amount: 7n, decimals: 8, symbol: "BTC" }],
  });

  test("of which the last failed takes back what the others brought, and has its reason again", async () => {
    const refused = async () => {
      noteMined([receipt(FIRST)]);
      throw new Error("refused");
    };
    await perform("claim", refused, received);
    const { failure } = activity.value ?? {};
    expect(activity.value?.outcome.received).toHaveLength(1);

    await recheck(LOST, head(false));
    expect(activity.value).toMatchObject({ step: "failed", outcome: {} });
    expect(activity.value?.failure?.kind).toBe("undone");

    await recheck(nodeWith(receipt(SECOND)).session, head(true));
    expect(activity.value).toMatchObject({ step: "failed", failure });
    expect(activity.value?.outcome.received).toHaveLength(1);
  });

  test("is left alone while it goes on, and looked for when it is done", async () => {
    activity.value = undefined;
    const node = nodeWith(undefined);
    const claim = async () => {
      noteMined([receipt(FIRST)]);
      await recheck(node.session, head(false));
      noteMined([receipt(FIRST)]);
    };

    await perform("claim", claim, received);
    expect(node.getTransactionReceipt).not.toHaveBeenCalled();
    expect(activity.value).toMatchObject({ step: "confirmed" });

    await recheck(LOST, head(true));
    expect(activity.value).toMatchObject({ step: "failed", outcome: {} });
  });
});
