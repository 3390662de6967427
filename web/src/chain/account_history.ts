// SPDX-License-Identifier: AGPL-3.0-only
// All days of an account in every series that it ever held.

import type { Address } from "viem";
import { tokenAbi } from "../generated/abi";
import { WORDS_BYTES } from "./account";
import { type History, readHistory } from "./history";
import { NodeError, view } from "./reader";
import { readList } from "./registry";
import { readSeries, type Series } from "./series";
import type { Session } from "./session";

/** What an account has in one series. */
export interface Entry {
  readonly series: Series;
  readonly history: History;
}

/** A day or a claim beside the series it is of. */
export type Of<T> = T & { readonly series: Series };

/** Read everything, series by series; `onPart` hears of progress, from 0 to 1. */
export async function readAccountHistory(
  session: Session,
  account: Address,
  now: bigint,
  onPart: (part: number) => void,
): Promise<Entry[]> {
  const touched = await readTouched(session, account);
  const entries: Entry[] = [];
  for (const [place, series] of touched.entries()) {
    const history = await readHistory(session, series, account, now, (part) =>
      onPart((place + part) / touched.length),
    );
    entries.push({ series, history });
  }
  return entries;
}

/** The series whose meter has words of the account: whoever held anything, ever, has some. */
async function readTouched(session: Session, account: Address): Promise<Series[]> {
  const listed = await readList(session);
  const words = await session.reader.readSets(
    listed.map(({ token }) => ({
      words: view(token, tokenAbi, "meter_words", [account, 0n], WORDS_BYTES),
    })),
  );
  if (words.some(({ words: answer }) => answer === undefined)) {
    throw new NodeError("a meter does not answer"); // a part that did not come is not nothing
  }
  return readSeries(
    session,
    listed.filter((_, i) => (words[i]?.words?.length ?? 0) > 0),
  );
}
