// SPDX-License-Identifier: AGPL-3.0-only
// What mined trades moved, from the events of the market or vault that made them.

import { type Abi, type Address, type Log, parseEventLogs } from "viem";
import { ownLogs } from "./own_logs";

/** Trades to look for. */
export interface Trades {
  /** Of the contract: what others log says nothing. */
  readonly address: Address;
  readonly abi: Abi;
  /** What must be so, by the names of the event. */
  readonly args: Readonly<Record<string, unknown>>;
}

/** How much each trade moved [base units, or contracts], in the order they were made. */
export function tradedIn(logs: readonly Log[], { address, abi, args }: Trades): bigint[] {
  const own = ownLogs(logs, address);
  const trades = parseEventLogs({ abi, eventName: "Traded", args: args as never, logs: own });
  return trades.map((trade) => (trade.args as unknown as { quantity: bigint }).quantity);
}
