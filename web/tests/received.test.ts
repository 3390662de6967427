// SPDX-License-Identifier: AGPL-3.0-only
import { type Address, encodeAbiParameters, encodeEventTopics, type Log } from "viem";
import { expect, test } from "vitest";
import type { SeriesIdentity } from "../src/chain/series";
import { distributorAbi } from "../src/generated/abi";
import { receivedIn } from "../src/wallet/received";

const SERIES: Address = "0x1111111111111111111111111111111111111111";
const COIN: Address = "0x2222222222222222222222222222222222222222";
const MINE: Address = "0x3333333333333333333333333333333333333333";
const OTHERS: Address = "0x4444444444444444444444444444444444444444";
const IDENTITY = {
  address: SERIES,
  rewardToken: COIN,
  rewardDecimals: 8,
  rewardSymbol: "BTC",
} as SeriesIdentity;

function claimed(address: Address, account: Address, amount: bigint): Log {
  const event = distributorAbi.find(
    (each) => each.type === "event" && each.name === "RewardClaimed",
  );
  if (event?.type !== "event") throw new Error("no such event");
  const values = { account, receiver: account, amount } as Record<string, unknown>;
  const plain = (
    event.inputs as readonly { name: string; type: string; indexed: boolean }[]
  ).filter(({ indexed }) => !indexed);
  return {
    address,
    topics: encodeEventTopics({ abi: [event], args: values as never }),
    data: encodeAbiParameters(plain, plain.map(({ name }) => values[name] ?? 0n) as never),
  } as Log;
}

test("receivedIn__claim_of_the_account__is_counted", () => {
  expect(receivedIn([claimed(SERIES, MINE, 7n)], MINE, [IDENTITY])).toEqual([
    { coin: COIN, amount: 7n, decimals: 8, symbol: "BTC" },
  ]);
});

test("receivedIn__others_in_the_same_transaction__are_not_counted", () => {
  const logs = [claimed(SERIES, OTHERS, 7n), claimed(OTHERS, MINE, 9n)];

  expect(receivedIn(logs, MINE, [IDENTITY])).toEqual([]);
});
