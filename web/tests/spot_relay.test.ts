// SPDX-License-Identifier: AGPL-3.0-only
// What a relay says of spot orders, and what the page makes of it with the chain's answers.

import type { Address } from "viem";
import { afterEach, expect, test, vi } from "vitest";
import type { Session } from "../src/chain/session";
import { committedOf } from "../src/kit/spot_trade";
import type { SpotOrder } from "../src/model/spot";

// what needs a browser
vi.mock("../src/chain/session", () => ({}));
const { namedIn, readSpot } = await import("../src/chain/spot");

const WAD = 10n ** 18n;
const MARKET: Address = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
const ZERO: Address = "0x0000000000000000000000000000000000000000";
const TOKEN: Address = "0x2222222222222222222222222222222222222222";
const MONEY: Address = "0x5555555555555555555555555555555555555555";
const FAKE: Address = "0x6666666666666666666666666666666666666666";
const NOTE: Address = "0x7777777777777777777777777777777777777777";
const MINE: Address = "0x3333333333333333333333333333333333333333";
const OTHERS: Address = "0x4444444444444444444444444444444444444444";

const ASK: SpotOrder = {
  ...{ maker: OTHERS, taker: ZERO, is_buy: false, token: TOKEN, money: MONEY, price: 345n },
  ...{ is_per_remaining: false, max_lag_days: 2n, quantity: 10n * WAD, minimum_quantity: 0n },
  ...{ deadline: 1_800_000_000n, epoch: 0n, salt: 1n },
};
/** At 90 % of what a note has still to bring. */
const BID_ON_NOTE = {
  ...ASK,
  ...{ maker: MINE, is_buy: true, token: NOTE, price: (9n * WAD) / 10n, is_per_remaining: true },
};

/** A relay with some markets that answers each question of a maker, and of a side, as told. */
function relayOf(
  told: { own?: readonly SpotOrder[]; sell?: readonly SpotOrder[] },
  moneys = [MONEY],
) {
  const listed = (orders: readonly SpotOrder[] = []) => ({
    orders: orders.map((order, i) => ({
      signed_order: {
        ...{ chain_id: 1, market: MARKET, signature: `0x${"12".repeat(i + 1)}` },
        order: JSON.parse(JSON.stringify(order, (_, v) => (typeof v === "bigint" ? `${v}` : v))),
      },
    })),
  });
  vi.stubGlobal("fetch", async (url: string) => {
    const markets = moneys.map((money) => ({ market: `${TOKEN}-${money}` }));
    const answer = url.endsWith("/markets")
      ? { markets }
      : url.includes("maker=")
        ? listed(told.own)
        : listed(url.includes("side=sell") ? told.sell : []);
    return { ok: true, json: async () => answer };
  });
}

/** A chain on which every order stands, whoever asks. */
const CHAIN: Readonly<Record<string, (address: Address) => unknown>> = {
  check_order: () => [10n * WAD, "0x"],
  remaining: (address) => (address === NOTE ? [500n, 0n] : undefined),
  balanceOf: () => 1_000n * WAD,
  allowance: () => 1_000n * WAD,
  symbol: () => "USD",
  decimals: () => 8,
};
type Asked = Readonly<Record<string, { readonly address: Address; readonly functionName: string }>>;
const SESSION = {
  deployment: { chain: { id: 1 }, spot: { market: MARKET, relay: "http://relay", moneys: [] } },
  reader: {
    readSets: async (sets: readonly Asked[]) =>
      sets.map((set) =>
        Object.fromEntries(
          Object.entries(set).map(([name, { address, functionName }]) => [
            name,
            CHAIN[functionName]?.(address),
          ]),
        ),
      ),
  },
} as unknown as Session;

afterEach(() => vi.unstubAllGlobals());

test("an order told twice stands once, whatever its signature's bytes", async () => {
  relayOf({ own: [BID_ON_NOTE, BID_ON_NOTE], sell: [ASK, ASK] });

  const spot = await readSpot(SESSION, [TOKEN], MINE);

  expect(spot?.own).toHaveLength(1);
  expect(spot?.books[0]?.asks).toHaveLength(1);
});

test("somebody else's order is none of the account's, and nothing is approved for it", async () => {
  relayOf({
    own: [
      { ...ASK, is_buy: true, quantity: 2n ** 90n },
      { ...BID_ON_NOTE, salt: 2n },
    ],
  });

  const spot = await readSpot(SESSION, [TOKEN], MINE);

  expect(spot?.own.map(({ order }) => order.maker)).toEqual([MINE]);
});

test("what an open order may take is counted by what remains of its own token", async () => {
  relayOf({ own: [BID_ON_NOTE] });

  const spot = await readSpot(SESSION, [TOKEN], MINE);

  // ten of them, at nine tenths of the 500 that remain of each
  expect(committedOf(spot?.own ?? [], MONEY)).toBe(10n * 450n);
  expect(committedOf(spot?.own ?? [], NOTE)).toBe(0n);
});

test("a book counts only in money that its token's people or the deployment name", async () => {
  relayOf({ sell: [ASK] }, [MONEY, FAKE]);

  const books = (await readSpot(SESSION, [TOKEN], MINE))?.books ?? [];

  expect(books.map(({ money }) => money.address)).toEqual([MONEY, FAKE]);
  const named = books.filter(namedIn(SESSION.deployment, () => [MONEY]));
  expect(named.map(({ money }) => money.address)).toEqual([MONEY]);
  const spot = { ...SESSION.deployment.spot, moneys: [FAKE] };
  const hosted = { ...SESSION.deployment, spot } as Session["deployment"];
  expect(books.filter(namedIn(hosted, () => []))).toHaveLength(1);
});
