// SPDX-License-Identifier: AGPL-3.0-only
// The connection to the chain: one client, the newest block, and whether the node answers.

import { computed, signal } from "@preact/signals";
import type { Block, Hash } from "viem";
import { chosenRpcUrl } from "../settings/choices";
import type { Deployment } from "../settings/deployment";
import { createNodeClient, type NodeClient } from "./client";
import { longestWait, pausedUntil } from "./patience";
import { NodeError, Reader } from "./reader";

/** The newest block as this page saw it. */
export interface Head {
  readonly number: bigint;
  /** A block of the same number may take its place. */
  readonly hash: Hash;
  /** Whether it is known to follow on the one seen before. */
  readonly isNext: boolean;
  /** [unix s] the block's time */
  readonly timestamp: number;
  /** [ms] by the browser's monotonic clock */
  readonly seenAt: number;
}

export type NodeState = "connecting" | "up" | "down" | "other-chain";

/** Everything the page reads with. */
export interface Session {
  readonly deployment: Deployment;
  readonly client: NodeClient;
  readonly reader: Reader;
}

const DAY_SECONDS = 86_400;
const POLL_MS = 12_000;
const POLL_SIMULATED_MS = 1_500;
const TIMEOUT_MS = 10_000;
/** [ms] of waiting from which the page says that the node is slow */
const SLOW_MS = 4_000;

export const session = signal<Session | undefined>(undefined);
export const head = signal<Head | undefined>(undefined);
export const nodeState = signal<NodeState>("connecting");
/** [unix s] the present by the chain's clock, running on between blocks */
export const now = signal(0);
/** [day] UTC day index of the present */
export const today = computed(() => BigInt(Math.floor(now.value / DAY_SECONDS)));
/** [s] that the node lets the page wait for an answer; 0 while it is quick */
export const slowSeconds = signal(0);
/** [s] until the page asks again, as the node wished; 0 while it may ask */
export const pauseSeconds = signal(0);
/** Counts up when something on chain is known to have changed. */
export const changes = signal(0);

const firstAnswer = new Promise<void>((resolve) => {
  nodeState.subscribe((state) => {
    if (state !== "connecting") resolve();
  });
});
let wake: () => void = () => undefined;

/** Connect and follow the chain until the page is left. */
export function startSession(deployment: Deployment): void {
  const url = chosenRpcUrl.value || undefined;
  const transport = {
    timeout: TIMEOUT_MS,
    retryCount: 0, // `patient` tries again
  };
  const pollMs = deployment.isSimulated ? POLL_SIMULATED_MS : POLL_MS;
  const client = createNodeClient(deployment.chain, url, transport, pollMs / 3);
  session.value = { deployment, client, reader: new Reader(client) };
  void follow(deployment, client);
  setInterval(tick, 1_000);
}

/** Wait for the node to have said that it serves this chain; throws `NodeError` if it does not. */
export async function chainKnown(): Promise<void> {
  if (nodeState.peek() === "connecting") await firstAnswer;
  if (head.peek() === undefined) throw new NodeError("the node serves another chain, or nothing");
}

/** Look at the chain now rather than at the next turn. */
export function refresh(): void {
  changes.value++;
  wake();
}

async function follow(deployment: Deployment, client: NodeClient): Promise<never> {
  let isKnown = false;
  for (;;) {
    if (document.visibilityState === "visible") {
      try {
        const wanted = deployment.chain.id;
        const [chainId, block]: [number, Block] = await Promise.all([
          isKnown ? wanted : client.getChainId(),
          client.getBlock({ blockTag: "latest" }),
        ]);
        isKnown = chainId === wanted;
        if (isKnown) show(block);
        nodeState.value = isKnown ? "up" : "other-chain";
      } catch {
        isKnown = false; // what answers next may be another chain
        nodeState.value = "down";
      }
    }
    await pause(deployment.isSimulated ? POLL_SIMULATED_MS : POLL_MS);
  }
}

function show({ number, hash, parentHash, timestamp }: Block): void {
  if (number === null || hash === null) return;
  const last = head.value?.hash;
  if (hash === last && nodeState.value === "up") return;
  const isNext = hash === last || parentHash === last;
  const seenAt = performance.now();
  head.value = { number, hash, isNext, timestamp: Number(timestamp), seenAt };
  tick();
}

function tick(): void {
  const wait = longestWait();
  slowSeconds.value = wait < SLOW_MS ? 0 : Math.floor(wait / 1000);
  pauseSeconds.value = Math.ceil(Math.max(pausedUntil.value - performance.now(), 0) / 1000);
  const seen = head.value;
  if (seen === undefined) return;
  now.value = seen.timestamp + Math.floor((performance.now() - seen.seenAt) / 1000);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    wake = () => {
      clearTimeout(timer);
      resolve();
    };
    document.addEventListener("visibilitychange", wake, { once: true });
  });
}
