// SPDX-License-Identifier: AGPL-3.0-only
// News of the relays as it comes: server-sent events. A relay whose stream breaks is asked now and
// then instead, until the stream is back. A tab that nobody sees hears nothing and asks nothing.

import type { Session } from "./session";

const EVENTS = ["order", "gone", "trade"] as const;
const MAX_MARKETS = 40;
/** [ms] news that comes in a crowd is told once in this time */
const CROWD_MS = 400;
/** [ms] between two questions while a stream is not there */
const POLL_MS = 4_000;
const FIRST_RETRY_MS = 4_000;
const LONGEST_RETRY_MS = 60_000;

/** Hears that something is new, and whether a trade was among it. */
type OnNews = (isTrade: boolean) => void;

/** Tell when something of some contracts is new at the relays; what it returns ends that. */
export function listen(
  { deployment: { forwards } }: Session,
  series: readonly bigint[],
  onNews: OnNews,
): () => void {
  const markets = series.slice(0, MAX_MARKETS).map((id) => `market=${id}`);
  const tell = crowded(onNews);
  const lines = (forwards?.relays ?? []).map(
    (relay) => new Line(`${relay}/stream?${markets.join("&")}`, tell),
  );
  const look = () => {
    for (const line of lines) {
      if (document.visibilityState === "visible") line.open();
      else line.close();
    }
  };
  document.addEventListener("visibilitychange", look);
  look();
  return () => {
    document.removeEventListener("visibilitychange", look);
    for (const line of lines) line.close();
  };
}

/** One relay's stream, or the questions in its place. */
class Line {
  private source: EventSource | undefined;
  private timers: ReturnType<typeof setTimeout>[] = [];
  private retryMs = FIRST_RETRY_MS;
  private wasOpen = false;

  constructor(
    private readonly url: string,
    private readonly tell: OnNews,
  ) {}

  open(): void {
    if (this.source !== undefined || this.timers.length > 0) return;
    if (this.wasOpen) this.tell(true); // what came while nobody looked
    this.wasOpen = true;
    const source = new EventSource(this.url);
    this.source = source;
    source.onopen = () => {
      this.retryMs = FIRST_RETRY_MS;
      this.tell(true); // what came before the stream was there
    };
    for (const name of EVENTS) source.addEventListener(name, () => this.tell(name === "trade"));
    // the browser's own reconnection knows no back-off
    source.onerror = () => this.retryLater();
  }

  close(): void {
    this.source?.close();
    this.source = undefined;
    for (const timer of this.timers) clearTimeout(timer);
    this.timers = [];
  }

  private retryLater(): void {
    this.close();
    const poll = setInterval(() => this.tell(true), POLL_MS);
    const retry = setTimeout(() => {
      this.close();
      this.open();
    }, this.retryMs);
    this.timers = [poll, retry];
    this.retryMs = Math.min(this.retryMs * 2, LONGEST_RETRY_MS);
  }
}

/** Call at once, and then not again before some time has passed; what came meanwhile is one call. */
function crowded(call: OnNews): OnNews {
  let isWaiting = false;
  let waiting: boolean | undefined;
  const run = (isTrade: boolean) => {
    if (isWaiting) {
      waiting = waiting || isTrade;
      return;
    }
    isWaiting = true;
    waiting = undefined;
    call(isTrade);
    setTimeout(() => {
      isWaiting = false;
      if (waiting !== undefined) run(waiting);
    }, CROWD_MS);
  };
  return run;
}
