// SPDX-License-Identifier: AGPL-3.0-only
// Series as they stand, each with what never changes about it.

import { type Address, erc20Abi } from "viem";
import { distributorAbi, oracleAbi, registryAbi, tokenAbi } from "../generated/abi";
import { SATS_DECIMALS } from "../model/units";
import { view } from "./reader";
import { chainKnown, type Session } from "./session";

/** [characters] of a text that are kept: a stranger's token may answer with megabytes. */
const MAX_TEXT = 256;
/** A place in the registry's list. */
export interface Listing {
  readonly address: Address;
  readonly token: Address;
  readonly rewardToken: Address;
  readonly terms: Terms;
  /** [unix s] */
  readonly mintingPausedUntil: bigint;
  /** [day] the first that was not settled when the list was read */
  readonly nextDay: bigint;
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
export interface Series extends SeriesIdentity, Listing {
  readonly issuer: Address;
  readonly isAttested: boolean;
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
export const ledgerOf = (series: Address) => view(series, distributorAbi, "ledger", []);
export type Ledger = Answered<ReturnType<typeof ledgerOf>>;
const progressOf = (series: Address) => view(series, distributorAbi, "progress", []);
export type Progress = Answered<ReturnType<typeof progressOf>>;

const identities = new Map<Address, SeriesIdentity>();

/** Series of the registry as they stand, in one round of requests. */
export async function readSeries(
  session: Session,
  listings: readonly Listing[],
): Promise<Series[]> {
  const read = await Promise.all(listings.map((listing) => readOne(session, listing)));
  return read.flatMap((each) => each ?? []);
}

async function readOne(session: Session, listing: Listing): Promise<Series | undefined> {
  const { address, token, terms } = listing;
  const { reader, deployment } = session;
  const [identity, state] = await Promise.all([
    identities.get(address) ?? readIdentity(session, listing),
    reader.read({
      issuer: view(address, distributorAbi, "owner", []),
      ledger: ledgerOf(address),
      progress: progressOf(address),
      supply: view(token, tokenAbi, "totalSupply", []),
      attested: view(deployment.oracle, oracleAbi, "attested_ths", [
        address,
        terms.attestation_days,
      ]),
      bound: view(deployment.registry, registryAbi, "series_of_fleet", [terms.fleet_id]),
    }),
  ]);
  const { issuer, ledger, progress, supply, attested, bound } = state;
  if (identity === undefined || !issuer || supply === undefined || !ledger || !progress) {
    return undefined;
  }
  const isAttested = supply > 0n || ledger.promised > 0n || bound === address;
  return {
    ...listing,
    ...identity,
    ...{ issuer, supply, ledger, progress, isAttested },
    attested: attested ?? 0n,
  };
}

async function readIdentity(
  { reader }: Session,
  { address, token, rewardToken, terms }: Listing,
): Promise<SeriesIdentity | undefined> {
  const [texts] = await Promise.all([
    reader.read({
      site: view(address, distributorAbi, "SITE", []),
      basePerSat: view(address, distributorAbi, "BASE_PER_SAT", []),
      name: view(token, tokenAbi, "name", []),
      symbol: view(token, tokenAbi, "symbol", []),
      // anybody's contract: whatever it answers, the decimals come from the series
      rewardSymbol: view(rewardToken, erc20Abi, "symbol", []),
    }),
    chainKnown(), // what another chain says is not remembered
  ]);
  const { site = "", basePerSat, name = "", symbol = "", rewardSymbol = "" } = texts;
  if (basePerSat === undefined) return undefined;
  const rewardDecimals = SATS_DECIMALS + basePerSat.toString().length - 1;
  const identity = {
    ...{ address, token, rewardToken, terms, site, basePerSat, name, symbol, rewardDecimals },
    rewardSymbol: rewardSymbol.slice(0, MAX_TEXT),
  };
  identities.set(address, identity);
  return identity;
}
