// SPDX-License-Identifier: AGPL-3.0-only
// Many views in few requests. Multicall3 is called at its usual address, as on every public network;
// where nothing stands there, which the first request tells, its code is sent along with each call.
// That takes a phone's uplink a while, and bounds answers to the size of a contract.

import {
  type Abi,
  type Address,
  type ContractFunctionArgs,
  ContractFunctionExecutionError,
  type ContractFunctionName,
  type ContractFunctionReturnType,
  ContractFunctionZeroDataError,
  HttpRequestError,
  RpcRequestError,
  TimeoutError,
} from "viem";
import type { NodeClient } from "./client";

const MULTICALL3: Address = "0xcA11bde05977b3631167028862bE2a173976CA11";
/** [bytes] of answers in one request; without Multicall3, EIP-170 allows 24,576. */
const DEPLOYLESS_BYTES = 22_000;
const MULTICALL_BYTES = 400_000;
/** [calls] in one request: keeps it far below the gas that nodes allow a call. */
const DEPLOYLESS_CALLS = 120;
const MULTICALL_CALLS = 500;
const OVERHEAD_BYTES = 128;
const PARALLEL_REQUESTS = 4;

type View = "view" | "pure";

/** One view call; `T` is what it answers with. */
export interface Call<T> {
  readonly address: Address;
  readonly abi: Abi;
  readonly functionName: string;
  readonly args: readonly unknown[];
  /** [bytes] of the answer, about. */
  readonly bytes: number;
  /** Never set: carries the type. */
  readonly answer?: T;
}

/** Answers by name; `undefined` where the call was refused or its answer makes no sense. */
export type Answers<C> = { [K in keyof C]: C[K] extends Call<infer T> ? T | undefined : never };

type OnPart = (part: number) => void;

interface Waiting {
  readonly calls: readonly Call<unknown>[];
  readonly onPart: OnPart | undefined;
  readonly resolve: (answers: unknown[]) => void;
  readonly reject: (error: unknown) => void;
}

type CallSet = Record<string, Call<unknown>>;

/** The node cannot be reached, or does not do what every node does. */
export class NodeError extends Error {
  override readonly name = "NodeError";
}

/** Describe a view call. `bytes` is needed for answers of variable size. */
export function view<
  const A extends Abi,
  N extends ContractFunctionName<A, View>,
  const P extends ContractFunctionArgs<A, View, N>,
>(
  address: Address,
  abi: A,
  functionName: N,
  args: P,
  bytes = 0,
): Call<ContractFunctionReturnType<A, View, N, P>> {
  return {
    address,
    abi,
    functionName,
    args: args as readonly unknown[],
    bytes: bytes || answerBytes(abi, functionName),
  };
}

/** Nothing stands where Multicall3 should. */
class NoMulticallError extends Error {
  override readonly name = "NoMulticallError";
}

/** Reads views of one chain. */
export class Reader {
  private hasMulticall = true;
  private waiting: Waiting[] = [];

  constructor(private readonly client: NodeClient) {}

  /** Answers of one set of calls. */
  async read<C extends CallSet>(calls: C): Promise<Answers<C>> {
    const [answers] = await this.readSets([calls]);
    return answers as Answers<C>;
  }

  /** Answers of many sets of calls, in as few requests as they fit; `onPart` hears of progress. */
  async readSets<C extends CallSet>(sets: readonly C[], onPart?: OnPart): Promise<Answers<C>[]> {
    const values = await this.join(
      sets.flatMap((set) => Object.values(set)),
      onPart,
    );
    let at = 0;
    return sets.map(
      (set) => Object.fromEntries(Object.keys(set).map((key) => [key, values[at++]])) as Answers<C>,
    );
  }

  /** Everything that is asked in the same turn shares its requests. */
  private join(calls: readonly Call<unknown>[], onPart?: OnPart): Promise<unknown[]> {
    return new Promise((resolve, reject) => {
      if (this.waiting.length === 0) setTimeout(() => void this.flush());
      this.waiting.push({ calls, onPart, resolve, reject });
    });
  }

  private async flush(): Promise<void> {
    const asked = this.waiting;
    this.waiting = [];
    try {
      const answers = await this.request(
        asked.flatMap(({ calls }) => calls),
        (part) => {
          for (const { onPart } of asked) onPart?.(part);
        },
      );
      let at = 0;
      for (const { calls, resolve } of asked) {
        resolve(answers.slice(at, at + calls.length));
        at += calls.length;
      }
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }

  private async request(flat: readonly Call<unknown>[], onPart: OnPart): Promise<unknown[]> {
    if (!this.hasMulticall) return this.requestOf(null, flat, onPart);
    try {
      return await this.requestOf(MULTICALL3, flat, onPart);
    } catch (error) {
      if (!(error instanceof NoMulticallError)) throw error;
      this.hasMulticall = false;
      return this.requestOf(null, flat, onPart);
    }
  }

  private async requestOf(
    address: Address | null,
    flat: readonly Call<unknown>[],
    onPart: OnPart,
  ): Promise<unknown[]> {
    const chunks = split(flat, address === null);
    const answers: unknown[][] = new Array(chunks.length);
    let next = 0;
    let done = 0;
    const work = async (): Promise<void> => {
      for (let i = next++; i < chunks.length; i = next++) {
        answers[i] = await this.aggregate(chunks[i] ?? [], address);
        onPart(++done / chunks.length);
      }
    };
    await Promise.all(Array.from({ length: PARALLEL_REQUESTS }, work));
    return answers.flat();
  }

  /**
   * One request. If it fails as a whole, a call in it used up the gas or answered too much: the
   * halves are read on their own, so one hostile contract costs a few requests and hides nothing.
   */
  private async aggregate(
    calls: readonly Call<unknown>[],
    address: Address | null,
  ): Promise<unknown[]> {
    const results = await this.client.multicall({
      contracts: calls,
      allowFailure: true,
      batchSize: 0,
      ...(address === null ? { deployless: true } : { multicallAddress: address }),
    });
    const error = results[0]?.error;
    const isWhole = error instanceof ContractFunctionExecutionError;
    if (!isWhole || error.functionName !== "aggregate3") return results.map((each) => each.result);
    if (isUnreachable(error)) throw nodeError(error);
    if (address !== null && isNobody(error)) throw new NoMulticallError();
    if (calls.length === 1) return [undefined];
    const middle = Math.ceil(calls.length / 2);
    const halves = [calls.slice(0, middle), calls.slice(middle)];
    return (await Promise.all(halves.map((half) => this.aggregate(half, address)))).flat();
  }
}

/** Whether there was no contract to answer. */
function isNobody(error: ContractFunctionExecutionError): boolean {
  return error.cause instanceof ContractFunctionZeroDataError;
}

/** Whether it was the way to the node that failed, and not a call. */
export function isUnreachable(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause as Error | undefined) {
    if (cause instanceof HttpRequestError || cause instanceof TimeoutError) return true;
    if (cause instanceof RpcRequestError) return cause.code === -32005;
    if (cause instanceof NodeError) return true;
  }
  return false;
}

function nodeError(error: unknown): NodeError {
  return new NodeError("the node does not answer", { cause: error });
}

function split(calls: readonly Call<unknown>[], isDeployless: boolean): Call<unknown>[][] {
  const maxBytes = isDeployless ? DEPLOYLESS_BYTES : MULTICALL_BYTES;
  const maxCalls = isDeployless ? DEPLOYLESS_CALLS : MULTICALL_CALLS;
  const chunks: Call<unknown>[][] = [];
  let chunk: Call<unknown>[] = [];
  let bytes = 0;
  for (const call of calls) {
    const size = call.bytes + OVERHEAD_BYTES;
    if (chunk.length > 0 && (bytes + size > maxBytes || chunk.length === maxCalls)) {
      chunks.push(chunk);
      chunk = [];
      bytes = 0;
    }
    chunk.push(call);
    bytes += size;
  }
  if (chunk.length > 0) chunks.push(chunk);
  return chunks;
}

interface Parameter {
  readonly type: string;
  readonly components?: readonly Parameter[];
}

function answerBytes(abi: Abi, name: string): number {
  const entry = abi.find((each) => each.type === "function" && each.name === name);
  const outputs = entry?.type === "function" ? entry.outputs : [];
  return outputs.reduce((sum, output) => sum + parameterBytes(output as Parameter), 0);
}

function parameterBytes(parameter: Parameter): number {
  if (parameter.components !== undefined) {
    return parameter.components.reduce((sum, each) => sum + parameterBytes(each), 0);
  }
  return /^(string|bytes|.*\[\])$/.test(parameter.type) ? 192 : 32;
}
