// SPDX-License-Identifier: AGPL-3.0-only

/** Words of the trade, as docs/glossary.md uses them. */
export const termsEn = {
  round: "One sale of an issuer: its price, what is left, and the days over which it is paid.",
  yield:
    "What 1 TH/s earned a day, on average of the last 7 settled days and after all costs, times 365, of its price. It is no promise.",
  payback: "How long it takes until it has earned its price, if your assumptions hold.",
  delivered: "Settled days with nothing owed for them or for a day before.",
  ask: "An ask is what a holder wants for 1 token; the best one is the lowest.",
  bid: "A bid is what somebody pays for 1 token; the best one is the highest.",
  order: "An offer that its maker has signed: anybody may take it until it ends or is cancelled.",
  term: "The days that count, by UTC: a day ends at 00:00 UTC.",
  state:
    "Running: not decided. Met: 1 TH/s has earned the face. Not met: the term is over and it has not.",
  face: "What SENIOR of 1 TH/s gets at most.",
  senior: "The part that is paid first.",
  junior: "The part that gets everything after SENIOR, and the token itself.",
  remaining:
    "What SENIOR has still to get, as far as settled days tell. It shrinks as days are paid.",
  shortfall: "What 1 TH/s of an unmet note has not earned of its face.",
  pool: "What stands behind SENIOR of an unmet note: cash that was paid, tokens that nobody paid for.",
  basket: "Whole TH/s of each series that a share stands for, for ever.",
  share: "One token of a fund.",
} as const;

export type TermId = keyof typeof termsEn;
