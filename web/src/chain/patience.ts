// SPDX-License-Identifier: AGPL-3.0-only
// How a node is asked: when it says "too many", everything waits as long as it wishes, one request
// tries the way, and only then the others follow; and how long the oldest answer is outstanding.

import { signal } from "@preact/signals";
import { HttpRequestError, type HttpTransport, RpcRequestError, type Transport } from "viem";

/** Attempts of one request: the last comes about a minute after the first. */
const MAX_ATTEMPTS = 6;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;
/** A connection that broke once is tried again at once, and then given up. */
const RETRY_MS = 150;
const TOO_MANY = 429;
const UNAVAILABLE = 503;
const LIMIT_EXCEEDED = -32005;

/** [ms] by the browser's monotonic clock, until when nothing is asked; 0 for no pause */
export const pausedUntil = signal(0);

/** Requests under way, by when they were sent [ms]. */
const underWay = new Map<symbol, number>();

/** How long [ms] the oldest answer is outstanding; 0 if none is. */
export function longestWait(): number {
  let oldest = Number.POSITIVE_INFINITY;
  for (const at of underWay.values()) oldest = Math.min(oldest, at);
  return underWay.size === 0 ? 0 : performance.now() - oldest;
}

/** A transport that asks another one with patience. */
export function patient(transport: HttpTransport): HttpTransport {
  return ((options) => {
    const inner = transport(options);
    const gate = new Gate();
    const ask = inner.request as (...args: unknown[]) => Promise<unknown>;
    const request = (...args: unknown[]) => gate.pass(() => ask(...args));
    return { ...inner, request } as ReturnType<Transport>;
  }) as HttpTransport;
}

class Gate {
  private isRefused = false;
  private probe: Promise<void> | undefined;

  /** Send a request when the node is ready for it. */
  async pass<T>(send: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const open = await this.turn();
      const id = Symbol();
      underWay.set(id, performance.now());
      try {
        const answer = await send();
        this.isRefused = false;
        return answer;
      } catch (error) {
        this.isRefused = refusesForNow(error);
        const most = this.isRefused ? MAX_ATTEMPTS : isBroken(error) ? 2 : 1;
        if (attempt >= most) throw error;
        if (this.isRefused) pauseFor(pauseAfter(error, attempt));
        else await sleep(RETRY_MS);
      } finally {
        underWay.delete(id);
        open();
      }
    }
  }

  /** Wait for this request's turn; what it gives is called when the request is over. */
  private async turn(): Promise<() => void> {
    for (;;) {
      const left = pausedUntil.value - performance.now();
      if (left > 0) {
        await sleep(left);
        continue;
      }
      pausedUntil.value = 0;
      if (!this.isRefused) return () => undefined;
      if (this.probe === undefined) {
        let end = (): void => undefined;
        this.probe = new Promise((resolve) => {
          end = resolve;
        });
        return () => {
          this.probe = undefined;
          end();
        };
      }
      await this.probe;
    }
  }
}

function pauseFor(milliseconds: number): void {
  pausedUntil.value = Math.max(pausedUntil.value, performance.now() + milliseconds);
}

/** The node would answer later. */
function refusesForNow(error: unknown): boolean {
  return causes(error).some(
    (cause) =>
      (cause instanceof HttpRequestError &&
        (cause.status === TOO_MANY || cause.status === UNAVAILABLE)) ||
      (cause instanceof RpcRequestError &&
        (cause.code === LIMIT_EXCEEDED || cause.code === TOO_MANY)),
  );
}

/** The way to the node failed, without a word from it. */
function isBroken(error: unknown): boolean {
  return causes(error).some(
    (cause) => cause instanceof HttpRequestError && cause.status === undefined,
  );
}

/** [ms] as the node wishes if it says so where a page may read it, else longer each time. */
function pauseAfter(error: unknown, attempt: number): number {
  const wish = causes(error).flatMap((cause) =>
    cause instanceof HttpRequestError ? (cause.headers?.get("retry-after") ?? []) : [],
  )[0];
  const seconds = wish !== undefined && /^\d{1,5}$/.test(wish) ? Number(wish) : undefined;
  const pause = seconds === undefined ? FIRST_PAUSE_MS * 2 ** (attempt - 1) : seconds * 1_000;
  return Math.min(pause, LONGEST_PAUSE_MS);
}

function causes(error: unknown): Error[] {
  const found: Error[] = [];
  for (let cause = error; cause instanceof Error && found.length < 10; ) {
    found.push(cause);
    cause = cause.cause;
  }
  return found;
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
