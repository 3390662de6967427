// SPDX-License-Identifier: AGPL-3.0-only

/** Every formula that a number can lead to, in the order of the page. */
export const FORMULA_IDS = [
  "hashprice",
  "usd",
  "difficulty",
  "held-work",
  "delivered-work",
  "paid-work",
  "gross",
  "electricity",
  "fees",
  "net",
  "net-mean",
  "paid",
  "owed",
  "final",
  "price",
  "balance",
  "issued",
  "attested",
  "backing",
  "bond-cover",
  "on-time",
  "terms",
  "ledger",
  "claimable",
  "today",
  "expected",
  "next-payment",
  "share",
] as const;

export type FormulaId = (typeof FORMULA_IDS)[number];
