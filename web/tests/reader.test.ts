// SPDX-License-Identifier: AGPL-3.0-only
import {
  type Address,
  BaseError,
  ContractFunctionExecutionError,
  ContractFunctionZeroDataError,
  erc20Abi,
  HttpRequestError,
  type PublicClient,
} from "viem";
import { expect, test } from "vitest";
import { NodeError, Reader, view } from "../src/chain/reader";

const BOMB: Address = "0x00000000000000000000000000000000000000bb";
const COUNT = 300;

interface Asked {
  readonly contracts: readonly { address: Address; args: readonly unknown[] }[];
  readonly deployless?: boolean;
}

interface Node {
  readonly cause?: BaseError;
  /** Whether Multicall3 is where it should be. */
  readonly hasMulticall?: boolean;
}

/** A node that fails as a whole where one contract is asked, as it does when gas runs out. */
function nodeWith(bomb: Address, asked: number[], node: Node = {}) {
  const { cause = new BaseError("out of gas"), hasMulticall = false } = node;
  const multicall = async ({ contracts, deployless = false }: Asked) => {
    asked.push(contracts.length);
    const isNobody = !deployless && !hasMulticall && !node.cause;
    const error = new ContractFunctionExecutionError(
      isNobody ? new ContractFunctionZeroDataError({ functionName: "aggregate3" }) : cause,
      { abi: [], functionName: "aggregate3" },
    );
    if (isNobody || contracts.some(({ address }) => address === bomb)) {
      return contracts.map(() => ({ status: "failure", error, result: undefined }));
    }
    return contracts.map(({ args }) => ({
      status: "success",
      result: BigInt(String(args[0] ?? 0)),
    }));
  };
  return { multicall } as unknown as PublicClient;
}

function balances(bombAt: number) {
  return Array.from({ length: COUNT }, (_, i) => {
    const holder: Address = `0x${i.toString(16).padStart(40, "0")}`;
    const token: Address = i === bombAt ? BOMB : "0x00000000000000000000000000000000000000aa";
    return { balance: view(token, erc20Abi, "balanceOf", [holder]) };
  });
}

test("readSets__many_calls__fit_in_few_requests_and_keep_their_order", async () => {
  const asked: number[] = [];

  const answers = await new Reader(nodeWith(BOMB, asked)).readSets(balances(-1));

  expect(asked).toEqual([COUNT, 120, 120, 60]); // the first finds no Multicall3
  expect(answers.map(({ balance }) => balance)).toEqual(answers.map((_, i) => BigInt(i)));
});

test("readSets__a_hostile_contract__hides_nothing_but_itself", async () => {
  const asked: number[] = [];

  const answers = await new Reader(nodeWith(BOMB, asked)).readSets(balances(77));

  expect(answers[77]?.balance).toBeUndefined();
  expect(answers.filter(({ balance }) => balance === undefined)).toHaveLength(1);
  expect(asked.length).toBeLessThanOrEqual(1 + 3 + 2 * 7);
});

test("readSets__node_away__throws_instead_of_halving", async () => {
  const asked: number[] = [];
  const away = new HttpRequestError({ url: "http://127.0.0.1:1" });

  const read = new Reader(nodeWith(BOMB, asked, { cause: away })).readSets(balances(0).slice(0, 1));

  await expect(read).rejects.toThrow(NodeError);
  expect(asked).toEqual([1]);
});

test("read__asked_in_the_same_turn__shares_a_request_and_keeps_answers_apart", async () => {
  const asked: number[] = [];
  const reader = new Reader(nodeWith(BOMB, asked));
  const [first, second] = [balances(-1).slice(3, 5), balances(-1).slice(8, 9)];

  const answers = await Promise.all([reader.readSets(first), reader.readSets(second)]);

  expect(asked).toEqual([3, 3]);
  expect(answers).toEqual([[{ balance: 3n }, { balance: 4n }], [{ balance: 8n }]]);
});

test("readSets__multicall_there__is_asked_at_once_and_alone", async () => {
  const asked: number[] = [];
  const reader = new Reader(nodeWith(BOMB, asked, { hasMulticall: true }));

  const [answer] = await reader.readSets(balances(-1).slice(7, 8));
  await reader.readSets(balances(-1));

  expect(answer).toEqual({ balance: 7n });
  expect(asked).toEqual([1, COUNT]);
});

test("readSets__no_multicall__is_found_out_once", async () => {
  const asked: number[] = [];
  const reader = new Reader(nodeWith(BOMB, asked));

  await reader.readSets(balances(-1).slice(7, 8));
  await reader.readSets(balances(-1).slice(3, 5));

  expect(asked).toEqual([1, 1, 2]);
});
