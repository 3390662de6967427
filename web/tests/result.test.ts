// SPDX-License-Identifier: AGPL-3.0-only
import type { Address } from "viem";
import { expect, test, vi } from "vitest";
import type { Session } from "../src/chain/session";

// what needs a browser, and what is not asked for here
vi.mock("../src/chain/session", () => ({}));
vi.mock("../src/chain/registry", () => ({ readList: async () => [] }));
vi.mock("../src/chain/series", () => ({ readSeries: async () => [] }));
vi.mock("../src/chain/offering", () => ({ readMoneys: async () => new Map() }));
vi.mock("../src/chain/history", () => ({}));
const { readDealings } = await import("../src/chain/result");

const MARKET: Address = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
const MINE: Address = "0x3333333333333333333333333333333333333333";

/** A node that tells of so many blocks at a time. */
function nodeOf(widest: bigint): Session {
  const getLogs = async ({ fromBlock, toBlock }: { fromBlock: bigint; toBlock: bigint }) => {
    if (toBlock - fromBlock + 1n > widest) throw new Error("range too wide");
    return [];
  };
  const client = { getLogs, getBlockNumber: async () => 10_000n };
  return { client, deployment: { spot: { market: MARKET }, fromBlock: 0n } } as unknown as Session;
}

test.each([
  [10_001n, true],
  [1_000n, true],
  [10n, false],
])(
  "readDealings__node_that_tells_of_%s_blocks_at_a_time__says_whether_these_are_all",
  async (widest, isWhole) => {
    expect(await readDealings(nodeOf(widest), MINE)).toEqual({ dealings: [], isWhole });
  },
);
