// SPDX-License-Identifier: AGPL-3.0-only
// What an account has in a series.

import { type Address, erc20Abi, zeroAddress } from "viem";
import { distributorAbi, oracleAbi, tokenAbi } from "../generated/abi";
import { dayReward } from "../model/day_reward";
import { type MeterWord, unpackWord } from "../model/meter";
import { DAY_SECONDS, max } from "../model/units";
import { type Answers, NodeError, view } from "./reader";
import type { Listing, Series } from "./series";
import type { Session } from "./session";

/** Words that `meter_words` gives at a time. */
const WORDS_PER_CALL = 128n;
/** [bytes] of such an answer */
export const WORDS_BYTES = 32 * 130;
/** Calls that are made at once, before the number of words is known: 1,024 touched days. */
const FIRST_CALLS = 8n;

/** An account's place in a series, now. */
export interface Holding {
  readonly series: Series;
  /** [TH/s, 18 dec] */
  readonly balance: bigint;
  /** [base units] that one claim pays now */
  readonly claimable: bigint;
  /** One claim pays all there is. */
  readonly isWhole: boolean;
  /** [TH·s, 18 dec] of the whole of today, if nothing moves any more */
  readonly workToday: bigint;
  /** [base units] of today at the newest reported hashprice and full delivery */
  readonly expectedToday: bigint;
  /** Where rewards go; the account itself unless it chose another. */
  readonly receiver: Address;
  /** [base units] of the reward token that the account has */
  readonly rewardBalance: bigint;
  /** [unix s] when the next day can be settled, about; 0 where none is to come */
  readonly nextPaymentAt: bigint;
  /** That day is reported: until then its time is an estimate, and may pass. */
  readonly isNextReported: boolean;
}

/** What the contracts say about an account in one series. */
export type HoldingAnswers = Answers<ReturnType<typeof holdingCalls>>;

function holdingCalls(
  oracle: Address,
  account: Address,
  { address, token, rewardToken, nextDay }: Listing,
  today: bigint,
  newestDay: bigint,
) {
  return {
    balance: view(token, tokenAbi, "balanceOf", [account]),
    claim: view(address, distributorAbi, "preview_claim", [account]),
    work: view(token, tokenAbi, "ths_on", [account, today]),
    held: view(token, tokenAbi, "total_ths_on", [today]),
    facts: view(oracle, oracleAbi, "settlement_facts", [address, newestDay]),
    next: view(oracle, oracleAbi, "settlement_facts", [address, nextDay]),
    before: view(oracle, oracleAbi, "settlement_facts", [address, nextDay - 1n]),
    receiver: view(address, distributorAbi, "payout_address_of", [account]),
    rewardBalance: view(rewardToken, erc20Abi, "balanceOf", [account]),
  };
}

/** Ask for an account's place in some series: one round of requests. */
export function askHoldings(
  { reader, deployment: { oracle } }: Session,
  account: Address,
  listings: readonly Listing[],
  today: bigint,
  newestDay: bigint,
): Promise<HoldingAnswers[]> {
  return reader.readSets(
    listings.map((listing) => holdingCalls(oracle, account, listing, today, newestDay)),
  );
}

/** Put what was answered beside the series; what must not be unknown is not taken for zero. */
export function holdingOf(
  series: Series,
  account: Address,
  answers: HoldingAnswers,
  today: bigint,
): Holding {
  const { balance, claim, work, held, facts, receiver, rewardBalance, next, before } = answers;
  if (balance === undefined || claim === undefined || work === undefined) {
    throw new NodeError("a series does not answer");
  }
  const isRunning = today >= series.terms.start_day && today < series.progress.end_day;
  const hasFacts = facts !== undefined && facts.hashprice_wad !== 0n;
  const deadline = series.terms.output_deadline_seconds;
  return {
    series,
    balance,
    claimable: claim[0],
    isWhole: claim[1],
    workToday: work,
    expectedToday: isRunning && hasFacts ? expected(series, facts, held ?? 0n, work) : 0n,
    receiver: receiver === undefined || receiver === zeroAddress ? account : receiver,
    rewardBalance: rewardBalance ?? 0n,
    isNextReported: next !== undefined && next.final_at > 0n,
    nextPaymentAt:
      balance > 0n || work > 0n ? nextPaymentAt(series.nextDay, deadline, next, before) : 0n,
  };
}

interface Finality {
  readonly final_at: bigint;
  readonly output_final_at: bigint;
}

/** When a day can be settled: as its reports say, or as long after it as the day before took. */
function nextPaymentAt(
  day: bigint,
  deadline: bigint,
  next: Finality | undefined,
  before: Finality | undefined,
): bigint {
  const known = next === undefined ? 0n : max(next.final_at, next.output_final_at);
  if (next !== undefined && next.final_at > 0n && next.output_final_at > 0n) return known;
  if (before === undefined || before.final_at === 0n) return known;
  const isDeemed = before.output_final_at === 0n;
  const done = isDeemed ? before.final_at + deadline : max(before.final_at, before.output_final_at);
  const rhythm = done - day * DAY_SECONDS;
  return max(known, (day + 1n) * DAY_SECONDS + rhythm);
}

function expected(
  series: Series,
  facts: Parameters<typeof dayReward>[1],
  held: bigint,
  work: bigint,
): bigint {
  if (held === 0n) return 0n;
  return (dayReward(series.terms, facts, held, series.basePerSat, true).reward * work) / held;
}

/** All meter words of an account, oldest first: a request for each few hundred touched days. */
export async function readWords(
  { reader }: Session,
  token: Address,
  account: Address,
): Promise<MeterWord[]> {
  const words: MeterWord[] = [];
  for (let calls = FIRST_CALLS; ; calls = FIRST_CALLS) {
    const start = BigInt(words.length);
    const starts = Array.from(
      { length: Number(calls) },
      (_, i) => start + BigInt(i) * WORDS_PER_CALL,
    );
    const answers = await reader.readSets(
      starts.map((from) => ({
        words: view(token, tokenAbi, "meter_words", [account, from], WORDS_BYTES),
      })),
    );
    for (const { words: part } of answers) {
      if (part === undefined) throw new NodeError("the meter does not answer");
      words.push(...part.map(unpackWord));
    }
    if (BigInt(words.length) - start < calls * WORDS_PER_CALL) return words;
  }
}
