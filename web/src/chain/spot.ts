// SPDX-License-Identifier: AGPL-3.0-only
// What holders offer and bid for tokens: a relay's word, of which only what the chain bears out is
// shown. An order is as good as its maker's balance and approval.

import { type Address, erc20Abi, getAddress, isAddressEqual, parseAbi, zeroAddress } from "viem";
import { spotAbi } from "../generated/abi_spot";
import { fieldsOf, listOf, MAX_ORDERS } from "../model/relay_answer";
import {
  covered,
  type Fillable,
  type OpenSpot,
  openSpot,
  type SignedSpot,
  type SpotOrder,
  spotsOf,
} from "../model/spot";
import { min } from "../model/units";
import type { Deployment } from "../settings/deployment";
import { type Money, readMoneys } from "./offering";
import { view } from "./reader";
import type { Session } from "./session";

/** [ms] that a relay may take */
const RELAY_MS = 8_000;
/** Orders of a side, and markets, that are looked at; of the account as many as are read */
const MAX_OF_SIDE = 50;
const MAX_MARKETS = 60;
const REMAINING = parseAbi(["function remaining() view returns (uint256, uint256)"]);

/** What there is of one token against one money. */
export interface SpotBook {
  readonly token: Address;
  readonly money: Money;
  /** [money base units per 1e18 of the token] still to come; 0 of a token that never pays down */
  readonly remaining: bigint;
  /** Orders that the account can fill now, best first, each as far as its maker can. */
  readonly asks: readonly Fillable[];
  readonly bids: readonly Fillable[];
}

/** Everything on the book for some tokens. */
export interface Spot {
  readonly books: readonly SpotBook[];
  /** The account's own orders that are still open. */
  readonly own: readonly OpenSpot[];
}

/** Read the book of some tokens; `undefined` where the relay does not answer. */
export async function readSpot(
  session: Session,
  tokens: readonly Address[],
  account: Address | undefined,
): Promise<Spot | undefined> {
  const { spot: place } = session.deployment;
  if (place === undefined || tokens.length === 0) return { books: [], own: [] };
  const [markets, mine] = await Promise.all([
    ask(`${place.relay}/markets`),
    account === undefined
      ? { orders: [] }
      : ask(`${place.relay}/orders?maker=${account}&limit=${MAX_ORDERS}`),
  ]);
  if (markets === undefined || mine === undefined) return undefined;
  const wanted = pairsOf(markets, tokens);
  const told = await Promise.all(
    wanted.flatMap(({ name }) =>
      ["sell", "buy"].map((side) =>
        ask(`${place.relay}/orders?market=${name}&side=${side}&limit=${MAX_OF_SIDE}`),
      ),
    ),
  );
  const read = (document: unknown) => spotsOf(document, session.deployment.chain.id, place.market);
  // a relay may tell of anybody's orders: what is approved counts on those of the account
  const signed = read(mine).filter(({ order }) => order.maker === account);
  const priced = [...wanted, ...signed.map(({ order }) => order)];
  const [live, own, moneys, answers] = await Promise.all([
    checked(session, place.market, told.flatMap(read), account),
    checked(session, place.market, signed, undefined),
    readMoneys(
      session,
      account ?? zeroAddress,
      wanted.map(({ money }) => money),
    ),
    session.reader.readSets(
      priced.map(({ token }) => ({ answer: view(token, REMAINING, "remaining", []) })),
    ),
  ]);
  const remaining = new Map(
    priced.map(({ token }, i) => [token, answers[i]?.answer?.[0] ?? 0n] as const),
  );
  const strangers = live.filter(({ order }) => order.maker !== account);
  const funds = await fundsOf(session, place.market, strangers);
  const books = wanted.flatMap(({ token, money: coin }): SpotBook[] => {
    const money = moneys.get(coin);
    if (money === undefined) return [];
    const left = remaining.get(token) ?? 0n;
    const side = (isBuy: boolean) => {
      const orders = strangers.filter(
        ({ order }) =>
          order.is_buy === isBuy &&
          isAddressEqual(order.token, token) &&
          isAddressEqual(order.money, coin),
      );
      return covered(orders, funds.get(isBuy ? coin : token) ?? new Map(), left);
    };
    return [{ token, money, remaining: left, asks: side(false), bids: side(true) }];
  });
  return { books, own: own.map((each) => openSpot(each, remaining.get(each.order.token) ?? 0n)) };
}

/**
 * Whether a book is in money that means something for its token: anybody can make a coin of any
 * symbol, and a relay can list it. What a token pays in counts, what its issuer sells it for, and what
 * the deployment names.
 */
export function namedIn({ spot }: Deployment, coinsOf: (token: Address) => readonly Address[]) {
  return ({ token, money: { address } }: Pick<SpotBook, "token" | "money">): boolean =>
    coinsOf(token).includes(address) || spot?.moneys.includes(address) === true;
}

interface Pair {
  readonly name: string;
  readonly token: Address;
  readonly money: Address;
}

/** Markets of the tokens wanted; what is no pair of addresses is left out. */
function pairsOf(document: unknown, tokens: readonly Address[]): Pair[] {
  const known = new Map(tokens.map((token) => [token.toLowerCase(), token]));
  const found = listOf(fieldsOf(document)["markets"]).flatMap((each) => {
    const name = `${fieldsOf(each)["market"]}`;
    const [, token = "", money] = /^(0x[0-9a-f]{40})-(0x[0-9a-f]{40})$/.exec(name) ?? [];
    const wanted = known.get(token);
    return wanted ? [{ name, token: wanted, money: getAddress(`${money}`) }] : [];
  });
  return found.slice(0, MAX_MARKETS);
}

/** Orders that the market would let an account fill, with what is left of them. */
async function checked(
  { reader }: Session,
  market: Address,
  orders: readonly SignedSpot[],
  account: Address | undefined,
): Promise<Fillable[]> {
  const answers = await reader.readSets(
    orders.map(({ order, signature }) => {
      // who is not known yet may be anybody; orders for one account are then for nobody
      const other = account ?? (order.taker === zeroAddress ? market : order.taker);
      return { check: view(market, spotAbi, "check_order", [order, signature, other]) };
    }),
  );
  return orders.flatMap((each, i) => {
    const left = answers[i]?.check?.[0] ?? 0n;
    return left === 0n ? [] : { ...each, left };
  });
}

/** What makers have approved of what they give, by token or money and maker [base units]. */
async function fundsOf(
  { reader }: Session,
  market: Address,
  orders: readonly SignedSpot[],
): Promise<Map<Address, Map<Address, bigint>>> {
  const given = ({ order }: SignedSpot) => (order.is_buy ? order.money : order.token);
  const answers = await reader.readSets(
    orders.map((each) => ({
      balance: view(given(each), erc20Abi, "balanceOf", [each.order.maker]),
      allowed: view(given(each), erc20Abi, "allowance", [each.order.maker, market]),
    })),
  );
  const funds = new Map<Address, Map<Address, bigint>>();
  for (const [i, each] of orders.entries()) {
    const { balance = 0n, allowed = 0n } = answers[i] ?? {};
    const asset = given(each);
    const makers = funds.get(asset) ?? new Map<Address, bigint>();
    funds.set(asset, makers.set(each.order.maker, min(balance, allowed)));
  }
  return funds;
}

/** Hand a signed order to the relay; the relay's reason where it refuses. */
export async function submitSpot(
  { deployment: { spot, chain } }: Session,
  order: SpotOrder,
  signature: string,
): Promise<string | undefined> {
  if (spot === undefined) return "no relay";
  const text = (_: string, value: unknown) => (typeof value === "bigint" ? `${value}` : value);
  const document = {
    ...{ type: "hashrate-spot-order", version: 1, chain_id: chain.id },
    ...{ market: spot.market, order, signature },
  };
  const response = await fetch(`${spot.relay}/orders`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(document, text),
    signal: AbortSignal.timeout(RELAY_MS),
  }).catch(() => undefined);
  if (response?.ok) return undefined;
  const { error } = fieldsOf(await response?.json().catch(() => undefined));
  const message = fieldsOf(error)["message"];
  return typeof message === "string" ? message : "the relay does not answer";
}

async function ask(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(RELAY_MS) }).catch(
    () => undefined,
  );
  return response?.ok ? response.json().catch(() => undefined) : undefined;
}
