// SPDX-License-Identifier: AGPL-3.0-only
// The series of a registry. Issuing is permissionless, so the list is read in bounded parts, and
// series whose fleet the quorum has attested come first.

import { type Address, erc20Abi } from "viem";
import { distributorAbi, oracleAbi, registryAbi, tokenAbi } from "../generated/abi";
import { isRegistered } from "../model/registered";
import { SATS_DECIMALS } from "../model/units";
import { view } from "./reader";
import { chainKnown, type Session } from "./session";

/** Newest series that are looked at; older ones open by their address. */
export const MAX_LISTED = 400;
/** Series asked for before their number is known. */
const GUESSED = 12;
/** [characters] of a text that are kept: a stranger's token may answer with megabytes. */
const MAX_TEXT = 256;
/** Series shown at a time. */
export const PAGE_SIZE = 12;

/** A place in the list: enough to sort by. */
export interface Listing {
  readonly address: Address;
  /** A quorum has attested hashrate of it: nothing can be minted before. */
  readonly isAttested: boolean;
}

/** What never changes about a series. Texts are as the issuer wrote them. */
export interface SeriesIdentity {
  readonly address: Address;
  readonly token: Address;
  readonly rewardToken: Address;
  readonly name: string;
  readonly symbol: string;
  readonly site: string;
  readonly rewardSymbol: string;
  readonly rewardDecimals: number;
  /** [base units per sat] */
  readonly basePerSat: bigint;
  readonly terms: Terms;
}

/** A series as it stands. */
export interface Series extends SeriesIdentity {
  readonly issuer: Address;
  readonly isAttested: boolean;
  readonly mintingPausedUntil: bigint;
  /** [TH/s, 18 dec] issued now */
  readonly supply: bigint;
  /** [TH/s, 18 dec] least hashrate attested over the attestation days */
  readonly attested: bigint;
  readonly ledger: Ledger;
  readonly progress: Progress;
}

const termsOf = (series: Address) => view(series, distributorAbi, "terms", []);
type Answered<T> = T extends { answer?: infer A } ? Exclude<A, undefined> : never;
export type Terms = Answered<ReturnType<typeof termsOf>>;
const ledgerOf = (series: Address) => view(series, distributorAbi, "ledger", []);
export type Ledger = Answered<ReturnType<typeof ledgerOf>>;
const progressOf = (series: Address) => view(series, distributorAbi, "progress", []);
export type Progress = Answered<ReturnType<typeof progressOf>>;

const identities = new Map<Address, SeriesIdentity>();
/** [ms] that a list is good for: series are issued by the month, not by the block. */
const LIST_MS = 60_000;
let lastList: { readonly list: SeriesList; readonly at: number } | undefined;

/** The newest series, attested ones first, and how many there are in all. */
export interface SeriesList {
  readonly listings: readonly Listing[];
  readonly total: number;
}

/** The list, and those of it that are to be shown. */
export interface Listed extends SeriesList {
  readonly series: readonly Series[];
}

/** The first of the list as they stand; the list is not older than a minute. */
export async function readListed(
  session: Session,
  shown: number,
  withAll: boolean,
): Promise<Listed> {
  const { list, series: guessed } = await listSeries(session, shown);
  const wanted = list.listings.filter(({ isAttested }) => isAttested || withAll).slice(0, shown);
  const known = new Map(guessed.map((each) => [each.address, each]));
  const missing = wanted.flatMap(({ address }) => (known.has(address) ? [] : [address]));
  for (const each of await readSeries(session, missing)) known.set(each.address, each);
  return { ...list, series: wanted.flatMap(({ address }) => known.get(address) ?? []) };
}

/** The list, with the newest series of a new one: they are read at a guess while it is sorted. */
async function listSeries(
  session: Session,
  guesses: number,
): Promise<{ list: SeriesList; series: readonly Series[] }> {
  if (lastList !== undefined && performance.now() - lastList.at < LIST_MS) {
    return { list: lastList.list, series: [] };
  }
  const newest = await newestSeries(session.reader, session.deployment.registry);
  const [list, series] = await Promise.all([
    sortList(session, newest),
    readSeries(session, newest.addresses.slice(0, guesses)),
    chainKnown(),
  ]);
  lastList = { list, at: performance.now() };
  return { list, series };
}

async function sortList(
  { reader, deployment: { registry } }: Session,
  { total, addresses }: Newest,
): Promise<SeriesList> {
  const attested = await attestedSeries(reader, registry, addresses);
  const listings = addresses.map((address) => ({ address, isAttested: attested.has(address) }));
  listings.sort((a, b) => Number(b.isAttested) - Number(a.isAttested));
  return { listings, total };
}

interface Newest {
  readonly total: number;
  readonly addresses: readonly Address[];
}

/** Most registries are short: their count and all their series come at once. */
async function newestSeries(reader: Session["reader"], registry: Address): Promise<Newest> {
  const at = (i: number) => ({ address: view(registry, registryAbi, "series_at", [BigInt(i)]) });
  const guesses = Array.from({ length: GUESSED }, (_, i) => at(i));
  const [guessed, { count }] = await Promise.all([
    reader.readSets(guesses),
    reader.read({ count: view(registry, registryAbi, "series_count", []) }),
  ]);
  const total = Number(count ?? 0n);
  const places = Array.from({ length: Math.min(total, MAX_LISTED) }, (_, i) => total - 1 - i);
  const found =
    total <= GUESSED ? guessed.slice(0, total).reverse() : await reader.readSets(places.map(at));
  return {
    total,
    addresses: found.flatMap(({ address }) => (address === undefined ? [] : [address])),
  };
}

/** Series that hold their fleet, or have owed a reward: those of the past, too, may be claimed. */
async function attestedSeries(
  reader: Session["reader"],
  registry: Address,
  addresses: readonly Address[],
): Promise<Set<Address>> {
  const fleets = await reader.readSets(
    addresses.map((address) => ({
      fleet: view(registry, registryAbi, "fleet_of", [address]),
      ledger: ledgerOf(address),
    })),
  );
  const holders = await reader.readSets(
    fleets.map(({ fleet }) => ({
      series: view(registry, registryAbi, "series_of_fleet", [fleet ?? `0x${"00".repeat(32)}`]),
    })),
  );
  return new Set(
    addresses.filter((address, i) => {
      const promised = fleets[i]?.ledger?.promised ?? 0n;
      return promised > 0n || holders[i]?.series === address;
    }),
  );
}

/** Every series of the registry, and its token; strangers' contracts are not among them. */
export async function readAllAddresses({
  reader,
  deployment: { registry },
}: Session): Promise<{ address: Address; token: Address }[]> {
  const { addresses } = await newestSeries(reader, registry);
  const tokens = await reader.readSets(
    addresses.map((address) => ({ token: view(address, distributorAbi, "TOKEN", []) })),
  );
  return addresses.flatMap((address, i) => {
    const token = tokens[i]?.token;
    return token === undefined ? [] : [{ address, token }];
  });
}

/** Several series as they stand; one that does not answer as a series is left out. */
export async function readSeries(
  session: Session,
  addresses: readonly Address[],
): Promise<Series[]> {
  const read = await Promise.all(addresses.map((address) => readOne(session, address)));
  return read.flatMap((each) => each ?? []);
}

async function readOne(session: Session, address: Address): Promise<Series | undefined> {
  const { registry } = session.deployment;
  const [own, named] = await Promise.all([
    session.reader.read({
      issuer: view(address, distributorAbi, "owner", []),
      ledger: ledgerOf(address),
      progress: progressOf(address),
      fleet: view(registry, registryAbi, "fleet_of", [address]),
      mintingPausedUntil: view(registry, registryAbi, "minting_paused_until", [address]),
    }),
    readNamed(session, address),
  ]);
  // a stranger's contract can answer like a series; only the registry says what is one
  if (named === undefined || !isRegistered(own.fleet, named.identity.terms)) return undefined;
  const { identity, supply, attested, bound } = named;
  if (!own.issuer || supply === undefined || !own.ledger || !own.progress) return undefined;
  return {
    ...identity,
    issuer: own.issuer,
    supply,
    ledger: own.ledger,
    progress: own.progress,
    attested: attested ?? 0n,
    isAttested: supply > 0n || own.ledger.promised > 0n || bound === address,
    mintingPausedUntil: own.mintingPausedUntil ?? 0n,
  };
}

/** What is asked of the token and by the terms that a series names. */
async function readNamed({ reader, deployment: { oracle, registry } }: Session, address: Address) {
  const parts = identities.get(address) ?? (await readParts(reader, address));
  if (parts === undefined) return undefined;
  const { token, terms } = parts;
  const [identity, state] = await Promise.all([
    identities.get(address) ?? readTexts(reader, parts),
    reader.read({
      supply: view(token, tokenAbi, "totalSupply", []),
      attested: view(oracle, oracleAbi, "attested_ths", [address, terms.attestation_days]),
      bound: view(registry, registryAbi, "series_of_fleet", [terms.fleet_id]),
    }),
  ]);
  return { identity, ...state };
}

type Parts = Omit<SeriesIdentity, "name" | "symbol" | "rewardSymbol">;

async function readParts(reader: Session["reader"], address: Address): Promise<Parts | undefined> {
  const { token, rewardToken, site, basePerSat, terms } = await reader.read({
    token: view(address, distributorAbi, "TOKEN", []),
    rewardToken: view(address, distributorAbi, "REWARD_TOKEN", []),
    site: view(address, distributorAbi, "SITE", []),
    basePerSat: view(address, distributorAbi, "BASE_PER_SAT", []),
    terms: termsOf(address),
  });
  if (!token || !rewardToken || !basePerSat || !terms) return undefined;
  const rewardDecimals = SATS_DECIMALS + basePerSat.toString().length - 1;
  return { address, token, rewardToken, basePerSat, terms, rewardDecimals, site: site ?? "" };
}

async function readTexts(reader: Session["reader"], parts: Parts): Promise<SeriesIdentity> {
  const [texts] = await Promise.all([
    reader.read({
      name: view(parts.token, tokenAbi, "name", []),
      symbol: view(parts.token, tokenAbi, "symbol", []),
      // anybody's contract: whatever it answers, the decimals come from the series
      rewardSymbol: view(parts.rewardToken, erc20Abi, "symbol", []),
    }),
    chainKnown(), // what another chain says is not remembered
  ]);
  const { name = "", symbol = "", rewardSymbol = "" } = texts;
  const identity = { ...parts, name, symbol, rewardSymbol: rewardSymbol.slice(0, MAX_TEXT) };
  identities.set(parts.address, identity);
  return identity;
}
