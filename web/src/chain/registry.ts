// SPDX-License-Identifier: AGPL-3.0-only
// All series of a registry, and what an account has in every one of them. Issuing is permissionless:
// series whose fleet the quorum has attested come first.

import { type Address, zeroAddress } from "viem";
import { lensAbi, lensCode, registryAbi, tokenAbi } from "../generated/abi";
import { askHoldings, type Holding, holdingOf } from "./account";
import { NodeError, view } from "./reader";
import { type Listing, ledgerOf, readSeries, type Series } from "./series";
import { chainKnown, type Session, today } from "./session";

/** Series shown at a time. */
export const PAGE_SIZE = 12;
/** Series that one call of the registry lists, and that one call of the lens looks at. */
const CALL_SIZE = 100;
/** Series that the lens is asked again when some did not answer among many: each gets more gas. */
const RETRY_SIZE = 10;
/** [ms] that a list is good for: series are issued by the month, not by the block. */
const LIST_MS = 60_000;

/** A place in the list, and what sorts it. */
export interface Ranked extends Listing {
  /** A quorum has attested hashrate of it: nothing can be minted before. */
  readonly isAttested: boolean;
}

/** What there is: every series, attested ones first, then the newest. */
export interface Listed {
  readonly listings: readonly Ranked[];
  /** In which the account has anything; empty without one. */
  readonly mine: ReadonlySet<Address>;
  /** All of the account's, then as many others as are to be shown. */
  readonly series: readonly Series[];
  /** Of the account, everywhere. */
  readonly holdings: readonly Holding[];
}

/** What is asked for. */
export interface Wanted {
  readonly account: Address | undefined;
  readonly shown: number;
  readonly withAll: boolean;
  /** Counts what the page knows to have changed. */
  readonly version: number;
  /** [day] the newest reported one, when it is known */
  readonly newestDay: Promise<bigint>;
}

/** Something that is read once and kept for a while, by whoever asks first. */
class Kept<T> {
  private key = "";
  private at = 0;
  private value: Promise<T> | undefined;

  get(key: string, read: () => Promise<T>): Promise<T> {
    const isFresh = this.key === key && performance.now() - this.at < LIST_MS;
    if (isFresh && this.value !== undefined) return this.value;
    const value = read();
    this.key = key;
    this.at = performance.now();
    this.value = value;
    value.catch(() => {
      if (this.value === value) this.value = undefined;
    });
    return value;
  }
}

const list = new Kept<readonly Listing[]>();
const ranked = new Kept<readonly Ranked[]>();
const mine = new Kept<ReadonlySet<Address>>();

/**
 * The account's series, and the first of the others, as they stand. Which those are is not older
 * than a minute, nor than what the page knows to have changed.
 */
export async function readListed(
  session: Session,
  { account, shown, withAll, version, newestDay }: Wanted,
): Promise<Listed> {
  const all = await readList(session);
  const [listings, guessed, own] = await Promise.all([
    rank(session, all),
    readSeries(session, all.slice(0, shown)), // as good as any guess: the newest are wanted more often than not
    account === undefined ? new Set<Address>() : readMine(session, account, all, version),
  ]);
  const others = listings.filter(
    ({ address, isAttested }) => (isAttested || withAll) && !own.has(address),
  );
  const wanted = [
    ...listings.filter(({ address }) => own.has(address)),
    ...others.slice(0, Math.max(shown - own.size, 0)),
  ];
  const known = new Map(guessed.map((each) => [each.address, each]));
  const missing = wanted.filter(({ address }) => !known.has(address));
  const [found, answers] = await Promise.all([
    readSeries(session, missing),
    account === undefined || own.size === 0
      ? []
      : askHoldings(session, account, wanted.slice(0, own.size), today.peek(), await newestDay),
  ]);
  for (const each of found) known.set(each.address, each);
  const series = wanted.flatMap(({ address }) => known.get(address) ?? []);
  const holdings = answers.map((answer, i) => {
    const each = known.get(wanted[i]?.address ?? zeroAddress);
    if (each === undefined || account === undefined) {
      throw new NodeError("a series of the account does not answer"); // totals would be wrong
    }
    return holdingOf(each, account, answer, today.peek());
  });
  return { listings, mine: own, series, holdings };
}

/** Every series as it stands that a quorum has attested, or every series at all. */
export async function readEvery(session: Session, withAll: boolean): Promise<Series[]> {
  const listings = await rank(session, await readList(session));
  return readSeries(
    session,
    listings.filter(({ isAttested }) => isAttested || withAll),
  );
}

/** One series, if the registry knows it. */
export async function readByAddress(
  session: Session,
  address: Address,
): Promise<Series | undefined> {
  const listing = (await readList(session)).find((each) => each.address === address);
  const [series] = await readSeries(session, listing === undefined ? [] : [listing]);
  return series;
}

/** Every series, newest first; not older than a minute. */
export function readList(session: Session): Promise<readonly Listing[]> {
  return list.get(session.deployment.registry, () => readWholeList(session));
}

async function readWholeList(session: Session): Promise<readonly Listing[]> {
  const { registry } = session.deployment;
  const [first, { count }] = await Promise.all([
    listFrom(session, 0),
    session.reader.read({ count: view(registry, registryAbi, "series_count", []) }),
  ]);
  const total = Number(count ?? 0n);
  const starts: number[] = [];
  for (let start = CALL_SIZE; start < total; start += CALL_SIZE) starts.push(start);
  const rest = await Promise.all(starts.map((start) => listFrom(session, start)));
  await chainKnown(); // what another chain says is not kept
  return [...first, ...rest.flat()].reverse();
}

async function listFrom(
  { client, deployment: { registry } }: Session,
  start: number,
): Promise<Listing[]> {
  const listings = await client
    .readContract({
      address: registry,
      abi: registryAbi,
      functionName: "list_series",
      args: [BigInt(start)],
    })
    .catch((error) => {
      throw new NodeError("the registry does not answer", { cause: error });
    });
  return listings.map(({ series, token, reward_token, minting_paused_until, terms, progress }) => ({
    address: series,
    token,
    rewardToken: reward_token,
    mintingPausedUntil: minting_paused_until,
    terms,
    nextDay: progress.next_day,
  }));
}

/** Those come first that hold their fleet, or have owed a reward: the past may be claimed, too. */
function rank(
  { reader, deployment: { registry } }: Session,
  listings: readonly Listing[],
): Promise<readonly Ranked[]> {
  return ranked.get(`${registry} ${listings.length}`, async () => {
    const answers = await reader.readSets(
      listings.map(({ address, terms }) => ({
        ledger: ledgerOf(address),
        bound: view(registry, registryAbi, "series_of_fleet", [terms.fleet_id]),
      })),
    );
    await chainKnown();
    return listings
      .map((listing, i) => {
        const { ledger, bound } = answers[i] ?? {};
        const isAttested = (ledger?.promised ?? 0n) > 0n || bound === listing.address;
        return { ...listing, isAttested };
      })
      .sort((a, b) => Number(b.isAttested) - Number(a.isAttested));
  });
}

/** In which series an account holds or can claim anything, or held any today: of every series. */
async function readMine(
  session: Session,
  account: Address,
  listings: readonly Listing[],
  version: number,
): Promise<ReadonlySet<Address>> {
  await chainKnown(); // and with it the day
  const day = today.peek();
  return mine.get(`${account} ${version} ${day} ${listings.length}`, async () => {
    const addresses = listings.map(({ address }) => address);
    const [held, work] = await Promise.all([
      look(session, account, addresses, CALL_SIZE),
      session.reader.readSets(
        listings.map(({ token }) => ({ today: view(token, tokenAbi, "ths_on", [account, day]) })),
      ),
    ]);
    const sold = addresses.filter((_, i) => (work[i]?.today ?? 0n) > 0n);
    return new Set([...held, ...sold]);
  });
}

/** What the lens finds; where none is deployed its code is sent along. */
async function look(
  session: Session,
  account: Address,
  series: readonly Address[],
  size: number,
): Promise<Address[]> {
  const { lens } = session.deployment;
  const where = lens === undefined ? ({ code: lensCode } as const) : ({ address: lens } as const);
  const parts: (readonly Address[])[] = [];
  for (let at = 0; at < series.length; at += size) parts.push(series.slice(at, at + size));
  const answers = await Promise.all(
    parts.map((part) =>
      session.client
        .readContract({
          ...where,
          abi: lensAbi,
          functionName: "holdings",
          args: [account, part],
        })
        .catch((error) => {
          throw new NodeError("the lens does not answer", { cause: error });
        }),
    ),
  );
  const found = answers.flatMap(([holdings]) => holdings.map((each) => each.series));
  const failing = answers.flatMap(([, addresses]) => addresses);
  if (failing.length === 0) return found;
  if (size === 1) throw new NodeError("a series does not answer"); // an unknown amount is not zero
  const again = await look(session, account, failing, size === CALL_SIZE ? RETRY_SIZE : 1);
  return [...found, ...again];
}
