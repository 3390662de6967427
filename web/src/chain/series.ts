// SPDX-License-Identifier: AGPL-3.0-only
// Series as they stand, each with what never changes about it.

import { type Address, erc20Abi } from "viem";
import { distributorAbi, oracleAbi, registryAbi, tokenAbi } from "../generated/abi";
import { isRegistered } from "../model/registered";
import { SATS_DECIMALS } from "../model/units";
import { view } from "./reader";
import { chainKnown, type Session } from "./session";

/** [characters] of a text that are kept: a stranger's token may answer with megabytes. */
const MAX_TEXT = 256;
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
export const ledgerOf = (series: Address) => view(series, distributorAbi, "ledger", []);
export type Ledger = Answered<ReturnType<typeof ledgerOf>>;
const progressOf = (series: Address) => view(series, distributorAbi, "progress", []);
export type Progress = Answered<ReturnType<typeof progressOf>>;

const identities = new Map<Address, SeriesIdentity>();

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
