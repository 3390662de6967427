// SPDX-License-Identifier: AGPL-3.0-only
// The formulas themselves: mathematics and names of the contracts, the same in every language.

import type { FormulaId } from "../../i18n/formula_list";

export interface Formula {
  readonly expression: string;
  /** Views of the contracts that the inputs come from. */
  readonly reads: readonly string[];
}

const FACTS = "HashpriceOracle.settlement_facts(series, day)";
const TERMS = "RewardDistributor.terms()";
const LEDGER = "RewardDistributor.ledger()";

export const FORMULAS: Record<FormulaId, Formula> = {
  hashprice: {
    expression: "hp = (subsidy + fees) / blocks × 86400 × 10¹² / (difficulty × 2³²)",
    reads: ["HashpriceOracle.day_record(day) − day_record(day − 1)"],
  },
  usd: {
    expression: "⌊hp × price⌋",
    reads: ["HashpriceOracle.day_record(day)"],
  },
  difficulty: {
    expression: "mean of the difficulty of the day's blocks",
    reads: ["HashpriceOracle.day_record(day) − day_record(day − 1)"],
  },
  "held-work": {
    expression: "T = Σ balance × seconds held",
    reads: ["HashrateToken.total_ths_on(day)"],
  },
  "delivered-work": {
    expression: "D′ = min(86400 × delivered, M × 86400 / ((1 − f − 2 %) × hp))",
    reads: [FACTS],
  },
  "paid-work": {
    expression: "W = m = min(T, D′), or G × T where that leaves more",
    reads: [FACTS, TERMS],
  },
  gross: {
    expression:
      "min(M × BASE × W / D′, c × BASE × W / 86400) with c = 4 × hp if W = m, else 1.25 × hp × (1 − f); hp × (1 − f) × W / 86400 if D′ = 0",
    reads: [FACTS, TERMS],
  },
  electricity: {
    expression: "⌈W × J × kwh / (3.6×10⁶ × price)⌉",
    reads: [FACTS, TERMS],
  },
  fees: {
    expression: "⌈W × service / 86400⌉",
    reads: [TERMS],
  },
  net: {
    expression: "R = max(0, gross − electricity − fees)",
    reads: [FACTS, TERMS],
  },
  "net-mean": {
    expression: "Σ ⌊R × 86400 / T⌋ / days, the last 7 settled days with T > 0",
    reads: [FACTS, TERMS, "HashrateToken.total_ths_on(day)"],
  },
  paid: {
    expression: "min(R, escrow + bond) + repaid",
    reads: ["RewardDistributor.short_days(i)", "RewardDistributor.progress()"],
  },
  owed: {
    expression: "R − paid",
    reads: ["RewardDistributor.short_days(i)"],
  },
  final: {
    expression: "final_at[d] = max(final_at[d − 1], posted_at[d] + window)",
    reads: ["HashpriceOracle.day_record(day)"],
  },
  price: {
    expression: "median of the signers' prices",
    reads: ["HashpriceOracle.day_record(day)"],
  },
  balance: {
    expression: "balanceOf",
    reads: ["HashrateToken.balanceOf(account)"],
  },
  issued: {
    expression: "totalSupply",
    reads: ["HashrateToken.totalSupply()"],
  },
  attested: {
    expression: "min(delivered over the attestation days)",
    reads: ["HashpriceOracle.attested_ths(series, days)"],
  },
  backing: {
    expression: "attested / issued",
    reads: ["HashpriceOracle.attested_ths(series, days)", "HashrateToken.totalSupply()"],
  },
  "bond-cover": {
    expression: "bond / R(issued × 86400, newest hp and price, fully delivered)",
    reads: [LEDGER, FACTS, TERMS],
  },
  "on-time": {
    expression: "(days settled − short days) / days settled",
    reads: ["RewardDistributor.progress()", TERMS],
  },
  terms: {
    expression: "immutable",
    reads: [TERMS],
  },
  ledger: {
    expression: "promised = paid + repaid + arrears",
    reads: [LEDGER],
  },
  claimable: {
    expression: "⌊Σ my TH·s × rate of the day⌋ − claimed",
    reads: ["RewardDistributor.preview_claim(account)"],
  },
  today: {
    expression: "my TH·s of today = Σ balance × seconds held, to midnight UTC",
    reads: ["HashrateToken.ths_on(account, today)"],
  },
  expected: {
    expression: "R(T of today, newest hp and price, fully delivered) × my TH·s / T",
    reads: [
      "HashrateToken.ths_on(account, today)",
      "HashrateToken.total_ths_on(today)",
      FACTS,
      TERMS,
    ],
  },
  "next-payment": {
    expression: "max(final_at, output_final_at) of the next day",
    reads: [FACTS, "RewardDistributor.progress()"],
  },
  share: {
    expression: "my TH·s × (⌈paid × 2¹²⁸ / T⌉ + repaid likewise) / 2¹²⁸",
    reads: ["HashrateToken.meter_words(account, i)", "RewardDistributor.short_days(i)", FACTS],
  },
};
