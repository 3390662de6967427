// SPDX-License-Identifier: AGPL-3.0-only
// Events in a bounded number of requests. Nodes refuse wide ranges at will: the first request asks
// for all, and each refusal narrows the next one.

import type { AbiEvent, Address, GetLogsReturnType } from "viem";
import type { NodeClient } from "./client";
import { isUnreachable } from "./reader";

/** Requests that one search may take. */
export const MAX_LOG_REQUESTS = 60;
const NARROWER = 8n;
const WIDER = 2n;

/** How many blocks to ask for next: narrower after a refusal, wider again up to what was refused. */
class Span {
  private refused: bigint;

  constructor(public blocks: bigint) {
    this.refused = blocks + 1n;
  }

  /** Whether there is a narrower span to try. */
  narrow(): boolean {
    if (this.blocks === 1n) return false;
    this.refused = this.blocks;
    this.blocks = this.blocks / NARROWER || 1n;
    return true;
  }

  widen(): void {
    if (this.blocks * WIDER < this.refused) this.blocks *= WIDER;
  }
}

/** Events found, newest last, and how far back the search came. */
export interface Found<L> {
  readonly logs: readonly L[];
  /** All blocks from here on were searched. */
  readonly from: bigint;
}

/** What to look for; topics as viem takes them. */
export interface Search<E extends AbiEvent> {
  readonly address: Address | Address[];
  readonly event: E;
  readonly args: Record<string, unknown>;
}

type Logs<E extends AbiEvent> = GetLogsReturnType<E, [E], true>;

/** Search blocks [from, to] from the newest back. */
export async function searchBack<E extends AbiEvent>(
  client: NodeClient,
  search: Search<E>,
  from: bigint,
  to: bigint,
): Promise<Found<Logs<E>[number]>> {
  const logs: Logs<E>[number][] = [];
  let end = to;
  const span = new Span(to - from + 1n);
  for (let left = MAX_LOG_REQUESTS; end >= from && left > 0; left--) {
    const begin = end - span.blocks + 1n < from ? from : end - span.blocks + 1n;
    const part = await logsBetween(client, search, begin, end);
    if (part === undefined) {
      if (span.narrow()) continue;
      break;
    }
    logs.unshift(...part);
    end = begin - 1n;
    span.widen();
  }
  return { logs, from: end + 1n };
}

/** Search blocks [from, to] from the oldest on, until something wanted is found. */
export async function searchFirst<E extends AbiEvent>(
  client: NodeClient,
  search: Search<E>,
  from: bigint,
  to: bigint,
  isWanted: (log: Logs<E>[number]) => boolean,
): Promise<readonly Logs<E>[number][]> {
  let begin = from;
  const span = new Span(to - from + 1n);
  for (let left = MAX_LOG_REQUESTS; begin <= to && left > 0; left--) {
    const end = begin + span.blocks - 1n > to ? to : begin + span.blocks - 1n;
    const part = await logsBetween(client, search, begin, end);
    if (part === undefined) {
      if (span.narrow()) continue;
      break;
    }
    const wanted = part.filter(isWanted);
    if (wanted.length > 0) return wanted;
    begin = end + 1n;
    span.widen();
  }
  return [];
}

/** Events of some blocks; `undefined` if the node refuses so many. */
async function logsBetween<E extends AbiEvent>(
  client: NodeClient,
  { address, event, args }: Search<E>,
  fromBlock: bigint,
  toBlock: bigint,
): Promise<Logs<E> | undefined> {
  try {
    const found = await client.getLogs({
      address,
      event: event as AbiEvent,
      args,
      fromBlock,
      toBlock,
      strict: true,
    });
    return found as unknown as Logs<E>;
  } catch (error) {
    if (isUnreachable(error) && fromBlock === toBlock) throw error;
    return undefined;
  }
}

/** The first block at or after a time [unix s], by halving: about two dozen requests. */
export async function blockAt(
  client: NodeClient,
  time: bigint,
  from: bigint,
  to: bigint,
): Promise<bigint> {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) / 2n;
    const { timestamp } = await client.getBlock({ blockNumber: middle });
    if (timestamp < time) low = middle + 1n;
    else high = middle;
  }
  return low;
}
