// SPDX-License-Identifier: AGPL-3.0-only
// Strips, notes and funds of the factories that this page knows, and what an account has in them.

import { type Address, erc20Abi, getAbiItem, zeroAddress } from "viem";
import { distributorAbi, tokenAbi } from "../generated/abi";
import {
  fundAbi,
  fundFactoryAbi,
  tranchesAbi,
  tranchesFactoryAbi,
} from "../generated/abi_products";
import { min } from "../model/units";
import { searchBack } from "./events";
import { NodeError, view } from "./reader";
import { readList } from "./registry";
import { readSeries, type Series } from "./series";
import { chainKnown, type Session } from "./session";

/** Products that are read: the newest. Anybody can create more. */
const MAX_READ = 200;
const MAX_SYMBOL = 64;
const MAX_PARTS = 8;

type Answered<T> = T extends { answer?: infer A } ? Exclude<A, undefined> : never;
const termsOf = (product: Address) => view(product, tranchesAbi, "terms", []);
const outcomeOf = (product: Address) => view(product, tranchesAbi, "outcome", []);

/** What a series pays in. */
export type Coin = Pick<Series, "rewardToken" | "rewardDecimals" | "rewardSymbol">;

/** How a contract stands with a series whose tokens it has. */
export interface Standing {
  /** It has still to collect what these earned, and a claim alone may not be able to. */
  readonly isBehind: boolean;
}

/** SENIOR or JUNIOR, and what the account has of it. */
export interface TrancheToken {
  readonly address: Address;
  readonly symbol: string;
  /** [TH/s, 18 dec] */
  readonly supply: bigint;
  readonly balance: bigint;
  /** [base units] that one claim pays now, and whether that is all there is */
  readonly claimable: bigint;
  readonly isWhole: boolean;
}

/** A strip or a note as it stands. */
export interface Tranches extends Standing {
  readonly address: Address;
  readonly series: Series;
  readonly terms: Answered<ReturnType<typeof termsOf>>;
  readonly outcome: Answered<ReturnType<typeof outcomeOf>>;
  readonly isStrip: boolean;
  readonly senior: TrancheToken;
  readonly junior: TrancheToken;
  /** JUNIOR is redeemed at no cost now. */
  readonly isFree: boolean;
  /** [day] on which JUNIOR of an unmet note can be bought, and is void; 0 where it is not known */
  readonly auctionDay: bigint;
  readonly voidDay: bigint;
  /** What stands behind SENIOR of an unmet note: [base units], [TH/s, 18 dec] */
  readonly pool: { readonly cash: bigint; readonly tokens: bigint };
  /** [base units] of the reward token that the account has */
  readonly money: bigint;
  /** [base units] that could not be delivered to the account, and wait */
  readonly credit: bigint;
  /** The issuer of the series has JUNIOR: only its bond stands behind such a loan. */
  readonly isIssuersLoan: boolean;
  /** The face was met by rewards that are owed, in part at least. */
  readonly isMetByArrears: boolean;
  /** [base units] that 1 TH/s of SENIOR held from the start has earned, paid or owed */
  readonly earned: bigint;
  /** Of a strip [token-days, 18 dec], of a note [base units per TH/s] still to come */
  readonly remaining: bigint;
  /** The same in the contract's own word, rounded up twice: orders are priced by it. */
  readonly toCome: bigint;
  /** [TH/s, 18 dec] of the series' token that the account has */
  readonly held: bigint;
}

/** One series of a fund. */
export interface Part extends Standing {
  readonly series: Series;
  /** [TH/s] of each share */
  readonly weight: bigint;
  /** [base units of its coin] that a claim pays now, and whether that is all there is */
  readonly claimable: bigint;
  readonly isWhole: boolean;
  /** [TH/s, 18 dec] of its token that the account has */
  readonly held: bigint;
  /** [base units of its coin] that the account has, and that wait for it here */
  readonly money: bigint;
  readonly credit: bigint;
}

/** A fund as it stands. */
export interface Fund {
  readonly address: Address;
  readonly name: string;
  readonly symbol: string;
  /** [shares, 18 dec] */
  readonly supply: bigint;
  readonly balance: bigint;
  readonly parts: readonly Part[];
}

/** Every strip and note, newest first. */
export async function readTranches(
  session: Session,
  account: Address | undefined,
): Promise<readonly Tranches[]> {
  const { tranches: factory } = session.deployment;
  if (factory === undefined) return [];
  const { reader } = session;
  const { count } = await reader.read({
    count: view(factory, tranchesFactoryAbi, "product_count", []),
  });
  const places = newest(count);
  const named = await reader.readSets(
    places.map((place) => ({ product: view(factory, tranchesFactoryAbi, "product_at", [place]) })),
  );
  const products = named.flatMap(({ product }) => product ?? []);
  const facts = await reader.readSets(
    products.map((product) => ({
      terms: termsOf(product),
      outcome: outcomeOf(product),
      senior: view(product, tranchesAbi, "SENIOR", []),
      junior: view(product, tranchesAbi, "JUNIOR", []),
      auction: view(product, tranchesAbi, "auction_days", []),
    })),
  );
  const series = await seriesOf(
    session,
    facts.flatMap(({ terms }) => terms?.distributor ?? []),
  );
  const read = await Promise.all(
    products.map(async (address, i): Promise<Tranches | undefined> => {
      const { terms, outcome, senior, junior, auction } = facts[i] ?? {};
      const of = terms && series.get(terms.distributor);
      if (!terms || !outcome || !senior || !junior || !of) return undefined;
      const holder = account ?? zeroAddress;
      const end = min(terms.maturity_day, of.progress.next_day);
      const [tokens, state] = await Promise.all([
        Promise.all([senior, junior].map((token) => readToken(session, address, token, holder))),
        reader.read({
          free: view(address, tranchesAbi, "is_free", [junior]),
          remaining: view(address, tranchesAbi, "remaining", [senior]),
          start: view(terms.distributor, distributorAbi, "levels_at", [terms.start_day]),
          end: view(terms.distributor, distributorAbi, "levels_at", [end]),
          held: view(of.token, tokenAbi, "balanceOf", [holder]),
          pool: view(address, tranchesAbi, "pool", []),
          money: view(of.rewardToken, erc20Abi, "balanceOf", [holder]),
          credit: view(address, tranchesAbi, "credit_of", [of.rewardToken, holder]),
          issuers: view(junior, erc20Abi, "balanceOf", [of.issuer]),
          hand: view(address, tranchesAbi, "in_hand", [terms.distributor]),
          due: view(terms.distributor, distributorAbi, "preview_claim", [address]),
        }),
      ]);
      const [first, second] = tokens;
      if (first === undefined || second === undefined) return undefined;
      const isStrip = terms.face === 2n ** 256n - 1n;
      const level = state.start && state.end ? levelOf(state.end) - levelOf(state.start) : 0n;
      const grown = level > 0n ? (level * 86_400n * 10n ** 18n) >> 128n : 0n;
      return {
        ...{ address, series: of, terms, outcome, isStrip, senior: first, junior: second },
        isFree: state.free ?? false,
        auctionDay: auction?.[0] ?? 0n,
        voidDay: auction?.[1] ?? 0n,
        pool: state.pool ?? { cash: 0n, tokens: 0n },
        money: state.money ?? 0n,
        credit: state.credit ?? 0n,
        isBehind: isBehind(state.due, state.hand, tokens),
        isIssuersLoan: (state.issuers ?? 0n) > 0n,
        isMetByArrears: !isStrip && outcome.cut_arrears > (state.start?.[2] ?? 0n),
        earned: isStrip ? grown : min(grown, terms.face),
        // the contract rounds up twice: a unit more than the face is none
        remaining: isStrip
          ? (state.remaining?.[0] ?? 0n)
          : min(state.remaining?.[0] ?? 0n, terms.face),
        toCome: state.remaining?.[0] ?? 0n,
        held: state.held ?? 0n,
      };
    }),
  );
  return read.flatMap((each) => each ?? []);
}

async function readToken(
  { reader }: Session,
  product: Address,
  address: Address,
  account: Address,
): Promise<TrancheToken> {
  const { symbol, supply, balance, claim } = await reader.read({
    symbol: view(address, erc20Abi, "symbol", []),
    supply: view(address, erc20Abi, "totalSupply", []),
    balance: view(address, erc20Abi, "balanceOf", [account]),
    claim: view(product, tranchesAbi, "preview_claim", [address, account]),
  });
  if (balance === undefined || claim === undefined) throw new NodeError("a product is silent");
  const shown = (symbol ?? "").slice(0, MAX_SYMBOL);
  const [claimable, isWhole] = claim;
  return { address, symbol: shown, supply: supply ?? 0n, balance, claimable, isWhole };
}

/**
 * Whether a contract needs to be told to collect: what its tokens earned takes more than one call,
 * and somebody is owed more than it has in hand.
 */
function isBehind(
  [, isWhole]: readonly [bigint, boolean] = [0n, true],
  hand = 0n,
  owed: readonly { readonly claimable: bigint }[],
): boolean {
  return !isWhole && owed.some(({ claimable }) => claimable > hand);
}

/** Whether somebody has noted a note's outcome: the contract's view counts as if it were today. */
export async function isNoted(
  { client, deployment }: Session,
  { address }: Tranches,
): Promise<boolean> {
  const event = getAbiItem({ abi: tranchesAbi, name: "CutFound" });
  const search = { address, event, args: {} };
  const newest = await client.getBlockNumber();
  return (await searchBack(client, search, deployment.fromBlock, newest)).logs.length > 0;
}

/** Somebody else's JUNIOR. */
export interface JuniorHolder {
  readonly address: Address;
  /** [TH/s, 18 dec] */
  readonly balance: bigint;
}

/** Who has JUNIOR of a product, found by its transfers. */
export async function readJuniorHolders(
  { client, reader, deployment }: Session,
  { junior }: Tranches,
): Promise<readonly JuniorHolder[]> {
  const event = getAbiItem({ abi: erc20Abi, name: "Transfer" });
  const newest = await client.getBlockNumber();
  const search = { address: junior.address, event, args: {} };
  const { logs } = await searchBack(client, search, deployment.fromBlock, newest);
  const holders = [...new Set(logs.map(({ args }) => args.to))];
  const answers = await reader.readSets(
    holders.map((holder) => ({ balance: view(junior.address, erc20Abi, "balanceOf", [holder]) })),
  );
  return holders.flatMap((address, i) => {
    const balance = answers[i]?.balance ?? 0n;
    return balance > 0n ? [{ address, balance }] : [];
  });
}

/** Both indices together: what was earned, paid or not. */
function levelOf([, paid, arrears]: readonly [bigint, bigint, bigint]): bigint {
  return paid + arrears;
}

/** Every fund, newest first. */
export async function readFunds(
  session: Session,
  account: Address | undefined,
): Promise<readonly Fund[]> {
  const { funds: factory } = session.deployment;
  if (factory === undefined) return [];
  const { reader } = session;
  const { count } = await reader.read({ count: view(factory, fundFactoryAbi, "fund_count", []) });
  const named = await reader.readSets(
    newest(count).map((place) => ({ fund: view(factory, fundFactoryAbi, "fund_at", [place]) })),
  );
  const funds = named.flatMap(({ fund }) => fund ?? []);
  const holder = account ?? zeroAddress;
  const facts = await reader.readSets(
    funds.map((fund) => ({
      name: view(fund, fundAbi, "name", []),
      symbol: view(fund, fundAbi, "symbol", []),
      supply: view(fund, fundAbi, "totalSupply", []),
      balance: view(fund, fundAbi, "balanceOf", [holder]),
      basket: view(fund, fundAbi, "basket", [], 128 * MAX_PARTS + 64),
    })),
  );
  const series = await seriesOf(
    session,
    facts.flatMap(({ basket = [] }) => basket.map(({ distributor }) => distributor)),
  );
  const read = await Promise.all(
    funds.map(async (address, i): Promise<Fund | undefined> => {
      const { name = "", symbol = "", supply = 0n, balance, basket } = facts[i] ?? {};
      if (balance === undefined || basket === undefined) return undefined;
      const answers = await reader.readSets(
        basket.map(({ distributor, token, reward_token }, place) => ({
          claim: view(address, fundAbi, "preview_claim", [holder, BigInt(place)]),
          held: view(token, tokenAbi, "balanceOf", [holder]),
          money: view(reward_token, erc20Abi, "balanceOf", [holder]),
          credit: view(address, fundAbi, "credit_of", [reward_token, holder]),
          hand: view(address, fundAbi, "in_hand", [distributor]),
          due: view(distributor, distributorAbi, "preview_claim", [address]),
        })),
      );
      const parts = basket.flatMap(({ distributor, weight }, place) => {
        const of = series.get(distributor);
        const { claim, held = 0n, money = 0n, credit = 0n, hand, due } = answers[place] ?? {};
        const [claimable, isWhole] = claim ?? [0n, true];
        const amounts = { weight, claimable, isWhole, held, money, credit };
        return of ? { series: of, ...amounts, isBehind: isBehind(due, hand, [{ claimable }]) } : [];
      });
      // a basket with a hole would be another fund
      return parts.length < basket.length
        ? undefined
        : { address, name, symbol, supply, balance, parts };
    }),
  );
  return read.flatMap((each) => each ?? []);
}

/** Places of the newest, newest first; what must not be unknown is not taken for none. */
function newest(count: bigint | undefined): bigint[] {
  if (count === undefined) throw new NodeError("the factory does not answer");
  const length = Math.min(Number(count), MAX_READ);
  return Array.from({ length }, (_, i) => count - 1n - BigInt(i));
}

async function seriesOf(
  session: Session,
  wanted: readonly Address[],
): Promise<Map<Address, Series>> {
  const addresses = new Set(wanted);
  const [listings] = await Promise.all([readList(session), chainKnown()]);
  const series = await readSeries(
    session,
    listings.filter(({ address }) => addresses.has(address)),
  );
  return new Map(series.map((each) => [each.address, each]));
}
