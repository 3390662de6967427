// SPDX-License-Identifier: AGPL-3.0-only
// What mined claims paid, from their events.

import { type Address, type Log, parseEventLogs } from "viem";
import type { SeriesIdentity } from "../chain/series";
import { distributorAbi } from "../generated/abi";
import type { Received } from "./activity";

/** What an account's claims paid; others may have claimed in the same transaction. */
export function receivedIn(
  logs: readonly Log[],
  account: Address,
  series: readonly SeriesIdentity[],
): Received[] {
  const claims = parseEventLogs({
    abi: distributorAbi,
    eventName: "RewardClaimed",
    args: { account },
    logs: [...logs],
  });
  return claims.flatMap(({ address, args }) => {
    const from = series.find((each) => each.address.toLowerCase() === address.toLowerCase());
    if (from === undefined) return [];
    const { rewardToken: coin, rewardDecimals: decimals, rewardSymbol: symbol } = from;
    return { coin, amount: args.amount, decimals, symbol };
  });
}

/** One sum for each coin. */
export function summed(parts: readonly Received[]): Received[] {
  const sums: Received[] = [];
  for (const part of parts) {
    const at = sums.findIndex(({ coin }) => coin === part.coin);
    const sum = sums[at];
    if (sum === undefined) sums.push(part);
    else sums[at] = { ...sum, amount: sum.amount + part.amount };
  }
  return sums;
}
