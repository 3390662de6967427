// SPDX-License-Identifier: AGPL-3.0-only
import { getAbiItem, type PublicClient } from "viem";
import { expect, test } from "vitest";
import { blockAt, MAX_LOG_REQUESTS, searchBack, searchFirst } from "../src/chain/events";
import { distributorAbi } from "../src/generated/abi";

const SEARCH = {
  address: "0x00000000000000000000000000000000000000aa",
  event: getAbiItem({ abi: distributorAbi, name: "RewardClaimed" }),
  args: {},
} as const;

interface Asked {
  readonly fromBlock: bigint;
  readonly toBlock: bigint;
}

/** A node with events in some blocks that refuses ranges wider than `widest`. */
function nodeWith(blocks: readonly bigint[], widest: bigint, asked: Asked[]): PublicClient {
  const getLogs = async (request: Asked) => {
    asked.push(request);
    if (request.toBlock - request.fromBlock + 1n > widest) throw new Error("range too wide");
    return blocks
      .filter((block) => block >= request.fromBlock && block <= request.toBlock)
      .map((blockNumber) => ({ blockNumber }));
  };
  const getBlock = async ({ blockNumber }: { blockNumber: bigint }) => ({
    timestamp: 1_000n + 12n * blockNumber,
  });
  return { getLogs, getBlock } as unknown as PublicClient;
}

const found = (logs: readonly { blockNumber: bigint }[]) => logs.map((log) => log.blockNumber);

test("searchBack__willing_node__asks_once", async () => {
  const asked: Asked[] = [];

  const result = await searchBack(nodeWith([3n, 900n], 10n ** 9n, asked), SEARCH, 0n, 1_000n);

  expect(found(result.logs)).toEqual([3n, 900n]);
  expect(result.from).toBe(0n);
  expect(asked).toHaveLength(1);
});

test("searchBack__narrow_node__finds_all_in_order", async () => {
  const asked: Asked[] = [];

  const result = await searchBack(nodeWith([3n, 500n, 900n], 100n, asked), SEARCH, 0n, 1_000n);

  expect(found(result.logs)).toEqual([3n, 500n, 900n]);
  expect(result.from).toBe(0n);
});

test("searchBack__ten_years_on_a_stingy_node__stops_and_says_where", async () => {
  const asked: Asked[] = [];
  const newest = 26_000_000n;

  const result = await searchBack(nodeWith([5n, newest], 10_000n, asked), SEARCH, 0n, newest);

  expect(asked.length).toBeLessThanOrEqual(MAX_LOG_REQUESTS);
  expect(found(result.logs)).toEqual([newest]);
  expect(result.from).toBeGreaterThan(5n);
});

test("searchFirst__unwanted_event_first__goes_on", async () => {
  const node = nodeWith([150n, 420n], 100n, []);

  const logs = await searchFirst(node, SEARCH, 0n, 1_000n, (log) => log.blockNumber > 200n);

  expect(found(logs)).toEqual([420n]);
});

test.each([
  [1_000n, 0n],
  [1_001n, 1n],
  [1_120n, 10n],
  [99_999_999n, 500n],
])("blockAt__time_%d__returns_block_%d", async (time, block) => {
  expect(await blockAt(nodeWith([], 1n, []), time, 0n, 500n)).toBe(block);
});
