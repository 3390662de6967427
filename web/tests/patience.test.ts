// SPDX-License-Identifier: AGPL-3.0-only
import { HttpRequestError, type HttpTransport, RpcRequestError } from "viem";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { longestWait, patient, pausedUntil } from "../src/chain/patience";

type Send = () => Promise<unknown>;

const tooMany = (wish?: string) =>
  new HttpRequestError({
    url: "http://node",
    status: 429,
    headers: new Headers(wish === undefined ? {} : { "retry-after": wish }),
  });
const limited = () =>
  new RpcRequestError({ url: "http://node", body: {}, error: { code: -32005, message: "limit" } });
const broken = () => new HttpRequestError({ url: "http://node" });

/** A transport whose node answers as told; what it gives is a request. */
function node(send: Send): Send {
  const transport = (() => ({ request: send })) as unknown as HttpTransport;
  return () => patient(transport)({}).request({ method: "eth_blockNumber" });
}

/** Several requests through one gate. */
function many(send: Send): Send {
  const { request } = patient((() => ({ request: send })) as unknown as HttpTransport)({});
  return () => request({ method: "eth_blockNumber" });
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "performance"] });
  pausedUntil.value = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a node that wants to be asked less", () => {
  test.each([
    ["as long as it wishes", tooMany("7"), 7_000],
    ["two seconds if it does not say", tooMany(), 2_000],
    ["two seconds if what it says is no number", tooMany("soon"), 2_000],
    ["a minute at most", tooMany("86400"), 60_000],
    ["as well if it says so in JSON-RPC", limited(), 2_000],
  ])("is left alone %s", async (_, refusal, pause) => {
    const send = vi.fn<Send>().mockRejectedValueOnce(refusal).mockResolvedValue("0x1");
    const answer = node(send)();
    await vi.advanceTimersByTimeAsync(pause - 1);
    expect(send).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(send).toHaveBeenCalledTimes(2);
    await expect(answer).resolves.toBe("0x1");
    expect(pausedUntil.value).toBe(0);
  });

  test("is tried by one request, and the others follow its success", async () => {
    let isBusy = true;
    const send = vi.fn<Send>(() => (isBusy ? Promise.reject(tooMany()) : Promise.resolve("0x1")));
    const ask = many(send);
    const answers = Promise.all([ask(), ask(), ask(), ask(), ask()]);
    await vi.advanceTimersByTimeAsync(0);
    expect(send).toHaveBeenCalledTimes(5); // all were under way
    await vi.advanceTimersByTimeAsync(2_000);
    expect(send).toHaveBeenCalledTimes(6);
    isBusy = false;
    await vi.advanceTimersByTimeAsync(60_000);
    await answers;
    expect(send).toHaveBeenCalledTimes(11);
  });

  test("is given up after six attempts, and pauses double", async () => {
    const times: number[] = [];
    const send = vi.fn<Send>(() => {
      times.push(performance.now());
      return Promise.reject(tooMany());
    });
    const refused = expect(node(send)()).rejects.toThrow();
    await vi.advanceTimersByTimeAsync(120_000);
    await refused;
    const pauses = times.slice(1).map((time, i) => Math.round((time - (times[i] ?? 0)) / 1000));
    expect(pauses).toEqual([2, 4, 8, 16, 32]);
  });
});

test("a connection that broke is tried once more", async () => {
  const send = vi.fn<Send>().mockRejectedValue(broken());
  const refused = expect(node(send)()).rejects.toThrow();
  await vi.advanceTimersByTimeAsync(1_000);
  await refused;
  expect(send).toHaveBeenCalledTimes(2);
});

test("any other refusal is the answer", async () => {
  const send = vi.fn<Send>().mockRejectedValue(new Error("execution reverted"));
  await expect(node(send)()).rejects.toThrow("execution reverted");
  expect(send).toHaveBeenCalledTimes(1);
});

test("the oldest outstanding answer is what one waits for", async () => {
  expect(longestWait()).toBe(0);
  let answer = (_: unknown): void => undefined;
  const first = node(() => new Promise((resolve) => (answer = resolve)))();
  await vi.advanceTimersByTimeAsync(4_500);
  expect(longestWait()).toBeGreaterThanOrEqual(4_500);
  answer("0x1");
  await first;
  expect(longestWait()).toBe(0);
});
