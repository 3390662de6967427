// SPDX-License-Identifier: AGPL-3.0-only
// Claiming: one call walks 128 touched days at most, so an account may need several; where the
// wallet can send calls together, all series are claimed in one go.

import type { Abi, Address } from "viem";
import { isUnreachable, view } from "../chain/reader";
import type { SeriesIdentity } from "../chain/series";
import type { Session } from "../chain/session";
import { distributorAbi } from "../generated/abi";
import { perform, progress, type Request, send } from "./activity";
import { receivedIn, summed } from "./received";
import { canBatch, sendTogether } from "./together";

/**
 * Claim all there is in some series, in as many calls as it takes. A series that refuses, such as
 * one whose reward token does, holds up none of the others: its reason is told at the end.
 */
export async function claimAll(
  session: Session,
  account: Address,
  series: readonly SeriesIdentity[],
): Promise<void> {
  const requestOf = (each: SeriesIdentity) => claimRequest(each, account);
  const claim = async () => {
    const isTogether = series.length > 1 && (await canBatch(session, account));
    let left = series;
    let refusal: unknown;
    for (let round = 0; left.length > 0; round++) {
      const previews = await preview(session, account, left);
      // what has become empty meanwhile is left out; a first claim of nothing says so itself
      const due = left.filter((_, i) => previews[i]?.hasAny || (round === 0 && left.length === 1));
      const now = isTogether ? due : due.slice(0, 1);
      if (now.length === 0) {
        if (round === 0) await claimOne(session, account, left[0]);
        break;
      }
      const { willing, error } = await rehearse(session, account, now);
      refusal ??= error;
      if (willing.length > 1) await sendTogether(session, account, willing.map(requestOf));
      else await claimOne(session, account, willing[0]);
      const isAgain = (each: SeriesIdentity) =>
        willing.includes(each) && !previews[left.indexOf(each)]?.isWhole;
      left = due.filter((each) => !now.includes(each) || isAgain(each));
    }
    if (refusal !== undefined) throw refusal;
  };
  await perform("claim", claim, (logs) => ({
    received: summed(receivedIn(logs, account, series)),
  }));
}

/** Those of some series that do not refuse a claim now, and what the first other one says. */
async function rehearse(
  { client }: Session,
  account: Address,
  series: readonly SeriesIdentity[],
): Promise<{ willing: readonly SeriesIdentity[]; error: unknown }> {
  progress({ step: "preparing" });
  let error: unknown;
  const willing: SeriesIdentity[] = [];
  for (const each of series) {
    try {
      await client.simulateContract({ ...claimRequest(each, account), account });
      willing.push(each);
    } catch (refused) {
      if (isUnreachable(refused)) throw refused;
      error ??= refused;
    }
  }
  return { willing, error };
}

async function preview(
  { reader }: Session,
  account: Address,
  series: readonly SeriesIdentity[],
): Promise<{ hasAny: boolean; isWhole: boolean }[]> {
  const answers = await reader.readSets(
    series.map(({ address }) => ({
      due: view(address, distributorAbi, "preview_claim", [account]),
    })),
  );
  return answers.map(({ due: [amount, isWhole] = [0n, true] }) => ({
    hasAny: amount > 0n || !isWhole,
    isWhole,
  }));
}

function claimRequest(series: SeriesIdentity, account: Address): Request {
  return {
    address: series.address,
    abi: distributorAbi as Abi,
    functionName: "claim",
    args: [account],
  };
}

async function claimOne(
  session: Session,
  account: Address,
  series: SeriesIdentity | undefined,
): Promise<void> {
  if (series !== undefined) await send(session, account, claimRequest(series, account));
}
