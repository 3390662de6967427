// SPDX-License-Identifier: AGPL-3.0-only
import { type Abi, type Address, encodeAbiParameters, encodeEventTopics, type Log } from "viem";
import { expect, test } from "vitest";
import type { SeriesIdentity } from "../src/chain/series";
import { distributorAbi } from "../src/generated/abi";
import { fundAbi, tranchesAbi } from "../src/generated/abi_products";
import { receivedIn, receivedOfFund, receivedOfTranche } from "../src/wallet/received";

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

/** An event as a contract logs it. */
function logged(address: Address, abi: Abi, eventName: string, values: object): Log {
  const event = abi.find((each) => each.type === "event" && each.name === eventName);
  if (event?.type !== "event") throw new Error("no such event");
  const plain = event.inputs.filter(({ indexed }) => !indexed);
  const data = plain.map(({ name }) => (values as Record<string, unknown>)[name ?? ""]);
  return {
    address,
    topics: encodeEventTopics({ abi: [event], args: values as never }),
    data: encodeAbiParameters(plain, data as never),
  } as Log;
}

function claimed(address: Address, account: Address, amount: bigint): Log {
  const values = { account, receiver: account, amount };
  return logged(address, distributorAbi as Abi, "RewardClaimed", values);
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

const PRODUCT: Address = "0x6666666666666666666666666666666666666666";
const SENIOR: Address = "0x7777777777777777777777777777777777777777";

test("receivedOfTranche__what_another_contract_logs__is_not_counted", () => {
  const event = { token: SENIOR, account: MINE, receiver: MINE, amount: 7n };
  const log = (address: Address, changes: object = {}) =>
    logged(address, tranchesAbi as Abi, "RewardClaimed", { ...event, ...changes });
  const logs = [
    log(PRODUCT),
    log(COIN, { amount: 2n ** 100n }),
    log(PRODUCT, { token: OTHERS }),
    log(PRODUCT, { account: OTHERS }),
  ];
  const product = { address: PRODUCT, series: IDENTITY };

  expect(receivedOfTranche(logs, MINE, product, SENIOR)).toEqual([
    { coin: COIN, amount: 7n, decimals: 8, symbol: "BTC" },
  ]);
});

test("receivedOfFund__another_contract_or_a_coin_not_delivered__is_not_counted", () => {
  const fund = { address: PRODUCT, parts: [{ series: IDENTITY }] as never };
  const paid = (address: Address, amount: bigint) =>
    logged(address, fundAbi as Abi, "FundRewardClaimed", {
      ...{ account: MINE, distributor: SERIES, receiver: MINE, amount },
    });
  const credited = (address: Address, amount: bigint) =>
    logged(address, fundAbi as Abi, "Credited", { token: COIN, account: MINE, amount });
  const whole = { coin: COIN, amount: 7n, decimals: 8, symbol: "BTC" };

  expect(receivedOfFund([paid(PRODUCT, 7n), paid(OTHERS, 9n)], MINE, fund)).toEqual([whole]);
  expect(receivedOfFund([paid(PRODUCT, 7n), credited(OTHERS, 7n)], MINE, fund)).toEqual([whole]);
  expect(receivedOfFund([paid(PRODUCT, 7n), credited(PRODUCT, 7n)], MINE, fund)).toEqual([]);
  expect(
    receivedOfFund([paid(PRODUCT, 7n), credited(PRODUCT, 7n), paid(PRODUCT, 5n)], MINE, fund),
  ).toEqual([{ ...whole, amount: 5n }]);
});
