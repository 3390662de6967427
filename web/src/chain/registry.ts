// SPDX-License-Identifier: AGPL-3.0-only
// All series of a registry, and an account's place in every one of them. Issuing is permissionless:
// series whose fleet the quorum has attested come first.

import type { Address } from "viem";
import { distributorAbi, registryAbi, tokenAbi } from "../generated/abi";
import { NodeError, view } from "./reader";
import { ledgerOf, readSeries, type Series } from "./series";
import { chainKnown, type Session, today } from "./session";

/** Series asked for before their number is known. */
const GUESSED = 12;
/** Series shown at a time. */
export const PAGE_SIZE = 12;
/** [ms] that a list is good for: series are issued by the month, not by the block. */
const LIST_MS = 60_000;
const NO_FLEET = `0x${"00".repeat(32)}` as const;

/** A place in the list: enough to sort by, and to ask for an account. */
export interface Listing {
  readonly address: Address;
  readonly token: Address;
  /** A quorum has attested hashrate of it: nothing can be minted before. */
  readonly isAttested: boolean;
}

/** What there is: every series, attested ones first, then the newest. */
export interface Listed {
  readonly listings: readonly Listing[];
  /** In which the account has anything; empty without one. */
  readonly mine: ReadonlySet<Address>;
  /** All of the account's, then as many others as are to be shown. */
  readonly series: readonly Series[];
}

interface Kept<T> {
  readonly value: T;
  readonly at: number;
  /** What it is of: it is of no use for another. */
  readonly key: string;
}

let list: Kept<readonly Listing[]> | undefined;
let mine: Kept<ReadonlySet<Address>> | undefined;

function isFresh<T>(kept: Kept<T> | undefined, key: string): kept is Kept<T> {
  return kept?.key === key && performance.now() - kept.at < LIST_MS;
}

/**
 * The account's series, and the first of the others, as they stand. Which those are is not older
 * than a minute, nor than `version`, which counts what the page knows to have changed.
 */
export async function readListed(
  session: Session,
  account: Address | undefined,
  shown: number,
  withAll: boolean,
  version: number,
): Promise<Listed> {
  const { listings, series: guessed } = await listSeries(session, shown);
  const own =
    account === undefined
      ? new Set<Address>()
      : await readMine(session, account, listings, version);
  const others = listings.filter(
    ({ address, isAttested }) => (isAttested || withAll) && !own.has(address),
  );
  const wanted = [
    ...listings.filter(({ address }) => own.has(address)),
    ...others.slice(0, Math.max(shown - own.size, 0)),
  ];
  const known = new Map(guessed.map((each) => [each.address, each]));
  const missing = wanted.flatMap(({ address }) => (known.has(address) ? [] : [address]));
  for (const each of await readSeries(session, missing)) known.set(each.address, each);
  const series = wanted.flatMap(({ address }) => known.get(address) ?? []);
  if (series.filter(({ address }) => own.has(address)).length < own.size) {
    throw new NodeError("a series of the account does not answer"); // totals would be wrong
  }
  return { listings, mine: own, series };
}

/** Every series as it stands that a quorum has attested, or every series at all. */
export async function readEvery(session: Session, withAll: boolean): Promise<Series[]> {
  const listings = await readList(session);
  const wanted = listings.filter(({ isAttested }) => isAttested || withAll);
  return readSeries(
    session,
    wanted.map(({ address }) => address),
  );
}

/** Every series; not older than a minute. */
export async function readList(session: Session): Promise<readonly Listing[]> {
  return (await listSeries(session, 0)).listings;
}

/** The list, with the newest series of a new one: they are read at a guess while it is sorted. */
async function listSeries(
  session: Session,
  guesses: number,
): Promise<{ listings: readonly Listing[]; series: readonly Series[] }> {
  const { registry } = session.deployment;
  if (isFresh(list, registry)) return { listings: list.value, series: [] };
  const addresses = await readAddresses(session.reader, registry);
  const [listings, series] = await Promise.all([
    sortList(session, addresses),
    readSeries(session, addresses.slice(0, guesses)),
    chainKnown(), // what another chain says is not kept
  ]);
  list = { value: listings, at: performance.now(), key: registry };
  return { listings, series };
}

/** All addresses, newest first. Most registries are short: count and series come at once. */
async function readAddresses(reader: Session["reader"], registry: Address): Promise<Address[]> {
  const at = (i: number) => ({ address: view(registry, registryAbi, "series_at", [BigInt(i)]) });
  const guesses = Array.from({ length: GUESSED }, (_, i) => at(i));
  const [guessed, { count }] = await Promise.all([
    reader.readSets(guesses),
    reader.read({ count: view(registry, registryAbi, "series_count", []) }),
  ]);
  const total = Number(count ?? 0n);
  const places = Array.from({ length: Math.max(total - GUESSED, 0) }, (_, i) => at(GUESSED + i));
  const rest = places.length === 0 ? [] : await reader.readSets(places);
  return [...guessed.slice(0, total), ...rest]
    .flatMap(({ address }) => (address === undefined ? [] : [address]))
    .reverse();
}

/** Series that hold their fleet, or have owed a reward: those of the past, too, may be claimed. */
async function sortList(
  { reader, deployment: { registry } }: Session,
  addresses: readonly Address[],
): Promise<Listing[]> {
  const parts = await reader.readSets(
    addresses.map((address) => ({
      token: view(address, distributorAbi, "TOKEN", []),
      fleet: view(registry, registryAbi, "fleet_of", [address]),
      ledger: ledgerOf(address),
    })),
  );
  const holders = await reader.readSets(
    parts.map(({ fleet }) => ({
      series: view(registry, registryAbi, "series_of_fleet", [fleet ?? NO_FLEET]),
    })),
  );
  const listings = addresses.flatMap((address, i) => {
    const { token, ledger } = parts[i] ?? {};
    if (token === undefined) return [];
    const isAttested = (ledger?.promised ?? 0n) > 0n || holders[i]?.series === address;
    return { address, token, isAttested };
  });
  return listings.sort((a, b) => Number(b.isAttested) - Number(a.isAttested));
}

/** In which series an account holds or can claim anything: three views of every series. */
async function readMine(
  { reader }: Session,
  account: Address,
  listings: readonly Listing[],
  version: number,
): Promise<ReadonlySet<Address>> {
  await chainKnown(); // and with it the day
  const day = today.peek();
  const key = `${account} ${version} ${day} ${listings.length}`;
  if (isFresh(mine, key)) return mine.value;
  const answers = await reader.readSets(
    listings.map(({ address, token }) => ({
      balance: view(token, tokenAbi, "balanceOf", [account]),
      claim: view(address, distributorAbi, "preview_claim", [account]),
      work: view(token, tokenAbi, "ths_on", [account, day]),
    })),
  );
  const found = listings.flatMap(({ address }, i) => {
    const { balance, claim, work } = answers[i] ?? {};
    if (balance === undefined || claim === undefined || work === undefined) {
      throw new NodeError("a series does not answer"); // an unknown amount is not zero
    }
    const [amount, isWhole] = claim;
    return balance > 0n || amount > 0n || !isWhole || work > 0n ? [address] : [];
  });
  mine = { value: new Set(found), at: performance.now(), key };
  return mine.value;
}
