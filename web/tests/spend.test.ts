// SPDX-License-Identifier: AGPL-3.0-only
// What is approved, of tokens as they are and not as the standard has them.

import {
  type Address,
  createPublicClient,
  createWalletClient,
  custom,
  decodeFunctionData,
  erc20Abi,
  type Hex,
  RpcError,
} from "viem";
import { expect, test, vi } from "vitest";
import type { Session } from "../src/chain/session";
import { activity, perform } from "../src/wallet/activity";
import { approveAtLeast } from "../src/wallet/spend";

const TOKEN: Address = "0x2222222222222222222222222222222222222222";
const SPENDER: Address = "0x4444444444444444444444444444444444444444";
const MINE: Address = "0x3333333333333333333333333333333333333333";
const YES: Hex = `0x${"1".padStart(64, "0")}`;

const wallet = vi.hoisted(() => ({ client: undefined as unknown }));
vi.mock("@wagmi/core", () => ({ getConnectorClient: async () => wallet.client }));
// what needs a browser
vi.mock("../src/chain/session", () => ({ refresh: () => undefined }));
vi.mock("../src/wallet/wallet", () => ({ walletConfig: () => undefined }));

/** A token of which something is approved; it answers with nothing, or refuses to change it. */
function tokenOf(allowed: bigint, answer: Hex, isStubborn = false) {
  let allowance = allowed;
  const approved: bigint[] = [];
  const call = (data: Hex, isSent: boolean): Hex => {
    const { args } = decodeFunctionData({ abi: erc20Abi, data });
    const amount = (args as readonly [Address, bigint])[1];
    if (isStubborn && allowance > 0n && amount > 0n)
      throw new RpcError(new Error("execution reverted"), {
        ...{ code: 3, shortMessage: "execution reverted" },
      });
    if (isSent) {
      allowance = amount;
      approved.push(amount);
    }
    return answer;
  };
  const request = async ({ method, params }: { method: string; params?: unknown }) => {
    const [{ data = "0x" } = {}] = (params ?? []) as [{ data?: Hex }?];
    if (method === "eth_chainId") return "0x1";
    if (method === "eth_call") return call(data, false);
    if (method === "eth_sendTransaction") {
      call(data, true);
      return YES;
    }
    throw new Error(method);
  };
  const transport = custom({ request }, { retryCount: 0 });
  wallet.client = createWalletClient({ account: MINE, transport });
  const client = Object.assign(createPublicClient({ transport }), {
    waitForTransactionReceipt: async () => ({ status: "success", transactionHash: YES, logs: [] }),
  });
  const reader = { readSets: async () => [{ allowed: allowance }] };
  const deployment = { chain: { id: 1 } };
  return { session: { client, reader, deployment } as unknown as Session, approved };
}

async function approve(session: Session, amount: bigint): Promise<boolean> {
  return perform("order", () => approveAtLeast(session, MINE, { token: TOKEN, amount }, SPENDER));
}

test.each([
  ["as the standard has it", YES],
  ["with nothing", "0x" as Hex],
])("a token that answers %s is approved to the unit", async (_, answer) => {
  const { session, approved } = tokenOf(0n, answer);

  expect(await approve(session, 7n), `${JSON.stringify(activity.value?.failure)}`).toBe(true);

  expect(approved).toEqual([7n]);
});

test("an approval that may not be changed is taken back first", async () => {
  const { session, approved } = tokenOf(3n, "0x", true);

  expect(await approve(session, 7n)).toBe(true);

  expect(approved).toEqual([0n, 7n]);
});

test("one that may is changed at once, and one that is enough is left alone", async () => {
  const { session, approved } = tokenOf(3n, YES);

  await approve(session, 7n);
  await approve(session, 6n);

  expect(approved).toEqual([7n]);
});
