// SPDX-License-Identifier: AGPL-3.0-only
// From a day to its transactions, and from an account to its claims.

import { type AbiEvent, type Address, getAbiItem, type Hash } from "viem";
import { distributorAbi, oracleAbi } from "../generated/abi";
import { DAY_SECONDS } from "../model/units";
import { blockAt, type Found, searchBack, searchFirst } from "./events";
import { view } from "./reader";
import type { Session } from "./session";
import { type Signer, signersOf } from "./signers";

const DAY_REPORTED = getAbiItem({ abi: oracleAbi, name: "DayReported" });
const OUTPUT_REPORTED = getAbiItem({ abi: oracleAbi, name: "OutputReported" });
const DAY_SETTLED = getAbiItem({ abi: distributorAbi, name: "DaySettled" });
const REWARD_CLAIMED = getAbiItem({ abi: distributorAbi, name: "RewardClaimed" });

/** The facts of a day as the report's event tells them. */
export interface ReportedDay {
  readonly revision: bigint;
  readonly first_height: bigint;
  readonly last_height: bigint;
  readonly subsidy_sats: bigint;
  readonly fees_sats: bigint;
  readonly difficulty_wad: bigint;
}

/** A transaction that posted something, and what its event says. */
export interface Trace<A> {
  readonly hash: Hash;
  readonly args: A;
}

/** A report with its signers; `signers` is undefined where they cannot be read. */
export interface SignedTrace<A> extends Trace<A> {
  readonly signers: readonly Signer[] | undefined;
}

/** The report of a day that stands. */
export async function findReport(
  session: Session,
  day: bigint,
): Promise<SignedTrace<ReportedDay> | undefined> {
  const { oracle } = session.deployment;
  const { record } = await session.reader.read({
    record: view(oracle, oracleAbi, "day_record", [day]),
  });
  if (record === undefined || record.final_at === 0n) return undefined;
  const wanted = ofRevision(record.revision);
  const logs = await findOfDay(session, oracle, DAY_REPORTED, { day }, day, wanted);
  return signed(session, last(logs));
}

/** The output report of a series' day that stands. */
export async function findOutput(
  session: Session,
  series: Address,
  day: bigint,
): Promise<SignedTrace<{ revision: bigint }> | undefined> {
  const { oracle } = session.deployment;
  const { record } = await session.reader.read({
    record: view(oracle, oracleAbi, "output_record", [series, day]),
  });
  if (record === undefined || record.final_at === 0n) return undefined;
  const wanted = ofRevision(record.revision);
  const logs = await findOfDay(session, oracle, OUTPUT_REPORTED, { series, day }, day, wanted);
  return signed(session, last(logs));
}

/** The settlement of a series' day. */
export async function findSettlement(
  session: Session,
  series: Address,
  day: bigint,
): Promise<Trace<unknown> | undefined> {
  return last(await findOfDay(session, series, DAY_SETTLED, { day }, day, () => true));
}

/** A claim as its event tells it. */
export interface Claim {
  readonly hash: Hash;
  readonly block: bigint;
  /** [unix s] of its block, if the node said it with the event */
  readonly time: bigint | undefined;
  readonly receiver: Address;
  readonly amount: bigint;
}

/** Claims of an account in a series, oldest first, back to `from` of the answer. */
export async function findClaims(
  { client, deployment }: Session,
  series: Address,
  account: Address,
  newest?: bigint,
): Promise<Found<Claim>> {
  const search = { address: series, event: REWARD_CLAIMED, args: { account } };
  const to = newest ?? (await client.getBlockNumber());
  const { logs, from } = await searchBack(client, search, deployment.fromBlock, to);
  const claims = logs.map(({ args, transactionHash, blockNumber, ...log }) => ({
    hash: transactionHash,
    block: blockNumber,
    time: timeOf(log),
    receiver: args.receiver,
    amount: args.amount,
  }));
  return { logs: claims, from };
}

/** Newer nodes put the block's time beside an event. */
function timeOf({ blockTimestamp }: { blockTimestamp?: unknown }): bigint | undefined {
  if (typeof blockTimestamp === "bigint") return blockTimestamp;
  return typeof blockTimestamp === "string" ? BigInt(blockTimestamp) : undefined;
}

/** The same claims with their times; one request for each block whose time is not known yet. */
export async function withTimes<C extends Claim>(
  { client }: Session,
  claims: readonly C[],
): Promise<C[]> {
  const missing = claims.flatMap(({ time, block }) => (time === undefined ? [block] : []));
  const times = new Map<bigint, bigint>();
  for (const block of new Set(missing)) {
    times.set(block, (await client.getBlock({ blockNumber: block })).timestamp);
  }
  return claims.map((claim) => ({ ...claim, time: claim.time ?? times.get(claim.block) }));
}

type DayLog = { transactionHash: Hash; args: unknown };

/** Events of a day: asked of all blocks first; where a node refuses that, from the day's end on. */
async function findOfDay(
  { client, deployment: { fromBlock } }: Session,
  address: Address,
  event: AbiEvent,
  args: Record<string, unknown>,
  day: bigint,
  isWanted: (log: DayLog) => boolean,
): Promise<readonly DayLog[]> {
  const newest = await client.getBlockNumber();
  const search = { address, event, args };
  const request = { ...search, fromBlock, toBlock: newest, strict: true } as const;
  const wide = await client.getLogs(request).catch(() => undefined);
  if (wide !== undefined) return wide.filter(isWanted);
  const first = await blockAt(client, (day + 1n) * DAY_SECONDS, fromBlock, newest);
  return searchFirst(client, search, first, newest, isWanted);
}

/** Vetoed and replaced reports leave their events behind; the record says which one stands. */
function ofRevision(revision: bigint): (log: DayLog) => boolean {
  return ({ args }) => (args as { revision: bigint }).revision === revision;
}

function last<A>(logs: readonly DayLog[]): Trace<A> | undefined {
  const log = logs.at(-1);
  return log && { hash: log.transactionHash, args: log.args as A };
}

async function signed<A extends { revision: bigint }>(
  session: Session,
  trace: Trace<A> | undefined,
): Promise<SignedTrace<A> | undefined> {
  if (trace === undefined) return undefined;
  const { input } = await session.client.getTransaction({ hash: trace.hash });
  return { ...trace, signers: await signersOf(session, input, trace.args.revision) };
}
