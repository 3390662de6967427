// SPDX-License-Identifier: AGPL-3.0-only
// The client of a node with what this page asks of one: viem's own public client carries every
// action there is, which a phone would load before the first number.

import {
  type Chain,
  type Client,
  createClient,
  type HttpTransport,
  type HttpTransportConfig,
  http,
  type PublicClient,
} from "viem";
import {
  getBlock,
  getBlockNumber,
  getChainId,
  getCode,
  getLogs,
  getTransaction,
  getTransactionReceipt,
  multicall,
  readContract,
  simulateContract,
  waitForTransactionReceipt,
} from "viem/actions";
import { patient } from "./patience";

/** What can be asked of a node. */
export type NodeClient = Pick<
  PublicClient,
  | "getBlock"
  | "getBlockNumber"
  | "getChainId"
  | "getCode"
  | "getLogs"
  | "getTransaction"
  | "getTransactionReceipt"
  | "multicall"
  | "readContract"
  | "simulateContract"
  | "waitForTransactionReceipt"
>;

/** Make the client of a node; without a URL, of the chain's usual one. */
export function createNodeClient(
  chain: Chain,
  url: string | undefined,
  transport: HttpTransportConfig,
  pollingInterval: number,
): NodeClient {
  const options = {
    chain,
    transport: patient(http(url, transport)),
    cacheTime: 0,
    pollingInterval,
  };
  const client: Client<HttpTransport, Chain | undefined> = createClient(options);
  return {
    getBlock: (args) => getBlock(client, args),
    getBlockNumber: (args) => getBlockNumber(client, args),
    getChainId: () => getChainId(client),
    getCode: (args) => getCode(client, args),
    getLogs: ((args) => getLogs(client, args)) as NodeClient["getLogs"],
    getTransaction: (args) => getTransaction(client, args),
    getTransactionReceipt: (args) => getTransactionReceipt(client, args),
    multicall: (args) => multicall(client, args),
    readContract: ((args) => readContract(client, args)) as NodeClient["readContract"],
    simulateContract: ((args) => simulateContract(client, args)) as NodeClient["simulateContract"],
    waitForTransactionReceipt: (args) => waitForTransactionReceipt(client, args),
  };
}
