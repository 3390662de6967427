// SPDX-License-Identifier: AGPL-3.0-only
// The meter's words: what an account held on the day it was last touched, and since.

import { DAY_SECONDS } from "./units";

/** One meter word, unpacked; the layout is `contracts/series/meter_word.vy`. */
export interface MeterWord {
  /** [day] UTC day index of the touch */
  readonly day: bigint;
  /** [TH/s, 18 dec] held since then */
  readonly balance: bigint;
  /** [TH·s, 18 dec] of the whole day of the touch */
  readonly workOfDay: bigint;
  /** Words filed before this one. */
  readonly index: bigint;
}

const mask = (bits: bigint): bigint => (1n << bits) - 1n;

/** Unpack a word. */
export function unpackWord(word: bigint): MeterWord {
  const time = word & mask(32n);
  const balance = (word >> 32n) & mask(96n);
  const work = (word >> 128n) & mask(113n);
  return {
    day: time / DAY_SECONDS,
    balance,
    workOfDay: work + balance * (DAY_SECONDS - (time % DAY_SECONDS)),
    index: word >> 241n,
  };
}

/** Work [TH·s, 18 dec] of an account on each day of [first, end), from its words, oldest first. */
export function workByDay(
  words: readonly MeterWord[],
  first: bigint,
  end: bigint,
): Map<bigint, bigint> {
  const work = new Map<bigint, bigint>();
  let next = 0;
  let balance = 0n;
  for (let day = first; day < end; day++) {
    let word = words[next];
    while (word !== undefined && word.day < day) {
      balance = word.balance;
      word = words[++next];
    }
    const held = word?.day === day ? word.workOfDay : balance * DAY_SECONDS;
    if (held !== 0n) work.set(day, held);
  }
  return work;
}
