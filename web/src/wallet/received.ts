// SPDX-License-Identifier: AGPL-3.0-only
// What mined claims paid, from their events.

import { type Address, type Log, parseEventLogs } from "viem";
import type { Coin, Fund } from "../chain/products";
import type { SeriesIdentity } from "../chain/series";
import { distributorAbi } from "../generated/abi";
import { fundAbi, tranchesAbi } from "../generated/abi_products";
import type { Received } from "./activity";
import { ownLogs } from "./own_logs";

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
    return receivedOf(from, args.amount);
  });
}

/** What claims of an account's SENIOR or JUNIOR paid. */
export function receivedOfTranche(
  logs: readonly Log[],
  account: Address,
  { address, series }: { readonly address: Address; readonly series: Coin },
  token: Address,
): Received[] {
  const [abi, own] = [tranchesAbi, ownLogs(logs, address)];
  const args = { token, account };
  const paid = parseEventLogs({ abi, eventName: "RewardClaimed", args, logs: own });
  return paid.map((each) => receivedOf(series, each.args.amount));
}

/** What claims of an account's shares paid; a coin that was not delivered is a credit, and none of it. */
export function receivedOfFund(
  logs: readonly Log[],
  account: Address,
  { address, parts }: Pick<Fund, "address" | "parts">,
): Received[] {
  const [abi, own, args] = [fundAbi, ownLogs(logs, address), { account }];
  const paid = parseEventLogs({ abi, eventName: "FundRewardClaimed", args, logs: own });
  const kept = parseEventLogs({ abi, eventName: "Credited", args, logs: own });
  const received = paid.flatMap((each) => {
    const part = parts.find(({ series }) => series.address === each.args.distributor);
    return part === undefined ? [] : receivedOf(part.series, each.args.amount);
  });
  return summed(received).flatMap((each) => {
    const credits = kept.filter((credit) => credit.args.token === each.coin);
    const amount = credits.reduce((left, credit) => left - credit.args.amount, each.amount);
    return amount > 0n ? { ...each, amount } : [];
  });
}

function receivedOf(coin: Coin, amount: bigint): Received {
  const { rewardToken, rewardDecimals: decimals, rewardSymbol: symbol } = coin;
  return { coin: rewardToken, amount, decimals, symbol };
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
