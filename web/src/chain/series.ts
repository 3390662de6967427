// SPDX-License-Identifier: AGPL-3.0-only
// The series of a registry. Issuing is permissionless, so the list is read in bounded parts, and
// series whose fleet the quorum has attested come first.

import { type Address, erc20Abi, zeroAddress } from "viem";
import { distributorAbi, oracleAbi, registryAbi, tokenAbi } from "../generated/abi";
import { SATS_DECIMALS } from "../model/units";
import type { Session } from "../state/session";
import { view } from "./reader";

/** Newest series that are looked at; older ones open by their address. */
export const MAX_LISTED = 400;
/** Series asked for before their number is known. */
const GUESSED = 24;
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

/** The list, not older than a minute. */
export async function listSeries(session: Session): Promise<SeriesList> {
  if (lastList === undefined || performance.now() - lastList.at > LIST_MS) {
    lastList = { list: await fetchList(session), at: performance.now() };
  }
  return lastList.list;
}

async function fetchList({ reader, deployment: { registry } }: Session): Promise<SeriesList> {
  const { total, addresses } = await newestSeries(reader, registry);
  const attested = await attestedSeries(reader, registry, addresses);
  const listings = addresses.map((address) => ({ address, isAttested: attested.has(address) }));
  listings.sort((a, b) => Number(b.isAttested) - Number(a.isAttested));
  return { listings, total };
}

/** Most registries are short: their count and all their series come at once. */
async function newestSeries(
  reader: Session["reader"],
  registry: Address,
): Promise<{ total: number; addresses: Address[] }> {
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

/** Several series as they stand; one that does not answer as a series is left out. */
export async function readSeries(
  { reader, deployment: { oracle, registry } }: Session,
  addresses: readonly Address[],
): Promise<Series[]> {
  const known = await readIdentities(reader, addresses);
  const live = await reader.readSets(
    known.map(({ address, token, terms }) => ({
      issuer: view(address, distributorAbi, "owner", []),
      supply: view(token, tokenAbi, "totalSupply", []),
      ledger: ledgerOf(address),
      progress: progressOf(address),
      attested: view(oracle, oracleAbi, "attested_ths", [address, terms.attestation_days]),
      fleet: view(registry, registryAbi, "fleet_of", [address]),
      bound: view(registry, registryAbi, "series_of_fleet", [terms.fleet_id]),
      mintingPausedUntil: view(registry, registryAbi, "minting_paused_until", [address]),
    })),
  );
  return known.flatMap((identity, i) => {
    const read = live[i];
    // a stranger's contract can answer like a series; only the registry says what is one
    if (read?.fleet !== identity.terms.fleet_id) return [];
    if (!read.issuer || read.supply === undefined || !read.ledger || !read.progress) return [];
    return {
      ...identity,
      issuer: read.issuer,
      supply: read.supply,
      ledger: read.ledger,
      progress: read.progress,
      attested: read.attested ?? 0n,
      isAttested: read.supply > 0n || read.ledger.promised > 0n || read.bound === identity.address,
      mintingPausedUntil: read.mintingPausedUntil ?? 0n,
    };
  });
}

async function readIdentities(
  reader: Session["reader"],
  addresses: readonly Address[],
): Promise<SeriesIdentity[]> {
  const missing = addresses.filter((address) => !identities.has(address));
  if (missing.length > 0) {
    for (const identity of await fetchIdentities(reader, missing)) {
      identities.set(identity.address, identity);
    }
  }
  return addresses.flatMap((address) => identities.get(address) ?? []);
}

async function fetchIdentities(
  reader: Session["reader"],
  addresses: readonly Address[],
): Promise<SeriesIdentity[]> {
  const parts = await reader.readSets(
    addresses.map((address) => ({
      token: view(address, distributorAbi, "TOKEN", []),
      rewardToken: view(address, distributorAbi, "REWARD_TOKEN", []),
      site: view(address, distributorAbi, "SITE", []),
      basePerSat: view(address, distributorAbi, "BASE_PER_SAT", []),
      terms: termsOf(address),
    })),
  );
  const texts = await reader.readSets(
    parts.map(({ token, rewardToken }) => ({
      name: view(token ?? zeroAddress, tokenAbi, "name", []),
      symbol: view(token ?? zeroAddress, tokenAbi, "symbol", []),
      // anybody's contract: whatever it answers, the decimals come from the series
      rewardSymbol: view(rewardToken ?? zeroAddress, erc20Abi, "symbol", []),
    })),
  );
  return addresses.flatMap((address, i) => identityOf(address, parts[i], texts[i]));
}

interface IdentityParts {
  readonly token: Address | undefined;
  readonly rewardToken: Address | undefined;
  readonly site: string | undefined;
  readonly basePerSat: bigint | undefined;
  readonly terms: Terms | undefined;
}

interface IdentityTexts {
  readonly name: string | undefined;
  readonly symbol: string | undefined;
  readonly rewardSymbol: string | undefined;
}

function identityOf(
  address: Address,
  parts: IdentityParts | undefined,
  texts: IdentityTexts | undefined,
): SeriesIdentity[] {
  if (!parts?.token || !parts.rewardToken || !parts.basePerSat || !parts.terms) return [];
  return [
    {
      address,
      token: parts.token,
      rewardToken: parts.rewardToken,
      basePerSat: parts.basePerSat,
      terms: parts.terms,
      rewardDecimals: SATS_DECIMALS + parts.basePerSat.toString().length - 1,
      name: texts?.name ?? "",
      symbol: texts?.symbol ?? "",
      site: parts.site ?? "",
      rewardSymbol: texts?.rewardSymbol ?? "",
    },
  ];
}
