// SPDX-License-Identifier: AGPL-3.0-only
import { type Abi, type Address, encodeAbiParameters, encodeEventTopics, type Log } from "viem";
import { describe, expect, test } from "vitest";
import { vaultAbi } from "../src/generated/abi_forwards";
import { spotAbi } from "../src/generated/abi_spot";
import { shortfallOf } from "../src/model/sweep";
import { tradedIn } from "../src/wallet/traded";

const MARKET: Address = "0x1111111111111111111111111111111111111111";
const TOKEN: Address = "0x2222222222222222222222222222222222222222";
const MINE: Address = "0x3333333333333333333333333333333333333333";
const OTHERS: Address = "0x4444444444444444444444444444444444444444";
const MONEY: Address = "0x5555555555555555555555555555555555555555";

function logged(abi: Abi, address: Address, eventName: string, values: object): Log {
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

describe("spot", () => {
  const abi: Abi = spotAbi;
  const bought = {
    token: TOKEN,
    buyer: MINE,
    seller: OTHERS,
    money: MONEY,
    quantity: 7n,
    cost: 9n,
  };
  const trade = (address: Address, changes: object = {}) =>
    logged(abi, address, "Traded", { ...bought, ...changes });
  const wanted = { address: MARKET, abi, args: { token: TOKEN, money: MONEY, buyer: MINE } };

  test("trades of the account are counted one by one, exactly", () => {
    const great = 2n ** 200n + 1n;
    const logs = [trade(MARKET), trade(MARKET, { quantity: great })];

    expect(tradedIn(logs, wanted)).toEqual([7n, great]);
  });

  test("what another contract logs is not", () => {
    expect(tradedIn([trade(OTHERS)], wanted)).toEqual([]);
  });

  test.each([
    ["another account", { buyer: OTHERS }],
    ["the other side", { buyer: OTHERS, seller: MINE }],
    ["another token", { token: MONEY }],
    ["another money", { money: TOKEN }],
  ])("a trade of %s in the same transaction is not", (_, changes) => {
    expect(tradedIn([trade(MARKET, changes)], wanted)).toEqual([]);
  });

  test("other events of the market are not", () => {
    const skipped = logged(abi, MARKET, "FillSkipped", { place: 0n, reason: "0x" });

    expect(tradedIn([skipped, trade(MARKET)], wanted)).toEqual([7n]);
  });
});

describe("forwards", () => {
  const abi: Abi = vaultAbi;
  const sold = { series: 6n, buyer: OTHERS, seller: MINE, price_ticks: 18_000n, quantity: 4n };
  const trade = (address: Address, changes: object = {}) =>
    logged(abi, address, "Traded", { ...sold, ...changes });
  const wanted = { address: MARKET, abi, args: { series: 6n, seller: MINE } };

  test("trades of the account in the series are counted", () => {
    const logs = [
      trade(MARKET),
      trade(OTHERS),
      trade(MARKET, { series: 8n }),
      trade(MARKET, { seller: OTHERS }),
      trade(MARKET, { quantity: 2n }),
    ];

    expect(tradedIn(logs, wanted)).toEqual([4n, 2n]);
  });
});

describe("shortfall", () => {
  test("all was taken: there is none", () => {
    expect(shortfallOf([50n, 10n], [50n, 10n], 0)).toBeUndefined();
  });

  test("orders that were passed over are counted with what they did not give", () => {
    expect(shortfallOf([50n, 10n, 3n], [10n], 18)).toEqual({
      ...{ wanted: 63n, taken: 10n, decimals: 18, orders: 3, missed: 2 },
    });
  });
});
