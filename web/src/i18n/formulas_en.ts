// SPDX-License-Identifier: AGPL-3.0-only
import type { FormulaId } from "./formula_list";

export interface FormulaText {
  readonly name: string;
  readonly text: string;
}

export const formulasEn: Record<FormulaId, FormulaText> = {
  hashprice: {
    name: "Hashprice, in satoshi",
    text: "What 1 TH/s is expected to earn on a day: subsidy and fees of the day's blocks over the hashes they took on average. A block belongs to the UTC day of its mediantime. Signed by a quorum of reporters, and final after a challenge window.",
  },
  usd: {
    name: "Hashprice, in US dollars",
    text: "Hashprice times the day's closing price of bitcoin, rounded down. Each reporter signs its own price; the median counts.",
  },
  difficulty: {
    name: "Difficulty",
    text: "Mean difficulty of the day's blocks, exact from their bits.",
  },
  "held-work": {
    name: "Work held, T",
    text: "Hashrate times the seconds it was held, metered by the token itself. 1 TH/s for a day is 86,400 TH·s.",
  },
  "delivered-work": {
    name: "Delivered against promised",
    text: "Average hashrate the fleet delivered that day, beside the hashrate held (promised). Delivered hashrate counts only as far as the pool's credit M bears it out: claiming more cannot thin the reward. Without an output report in time the day is deemed delivered in full.",
  },
  "paid-work": {
    name: "Work paid for, W",
    text: "Work mined: delivered, at most the work held. Where paying the guaranteed part G of the work held instead leaves more, that part. A pass-through series guarantees nothing.",
  },
  gross: {
    name: "Gross",
    text: "The pool's credit for the work paid for: for work mined at most four times the hashprice, for the guaranteed part at most 125 % of hashprice less the pool fee. On a deemed day: hashprice less the pool fee. Rounded down.",
  },
  electricity: {
    name: "Electricity",
    text: "Energy of the work that ran, at the series' fixed efficiency J and power price, in bitcoin at the day's closing price. Rounded up.",
  },
  fees: {
    name: "Fees",
    text: "The service fee of the work that ran. Rounded up. The pool's own fee is already taken off its credit.",
  },
  net: {
    name: "Net: the day's reward, R",
    text: "Gross less electricity and fees, never below zero. This is owed to the holders of the day.",
  },
  "net-mean": {
    name: "Earns now, after costs",
    text: "What 1 TH/s held throughout was owed a day: the net reward of each of the last seven settled days over the work held that day, and the mean of those. In US dollars at each day's own closing price. What it will earn tomorrow nobody knows.",
  },
  paid: {
    name: "Paid",
    text: "What escrow and, after a grace, the bond paid when the day was settled, and what was repaid since.",
  },
  owed: {
    name: "Owed",
    text: "What the issuer still owes the holders of the day. Whatever it pays goes to the oldest such day first.",
  },
  final: {
    name: "Final, or in the challenge window",
    text: "A report can be vetoed or replaced for some hours after it is posted. After that nobody can change it.",
  },
  price: {
    name: "Price of bitcoin",
    text: "Closing price of the UTC day in US dollars. Each reporter signs its own; they have to lie close together, and the median counts.",
  },
  balance: {
    name: "Balance",
    text: "Hashrate the account holds now. 1 token is 1 TH/s; it earns from the second it arrives.",
  },
  issued: { name: "Issued", text: "Hashrate held by all accounts together. 1 token is 1 TH/s." },
  attested: {
    name: "Attested hashrate",
    text: "The least hashrate that the fleet delivered over the attestation days, as the quorum reported it. Zero if the newest such report is over four days old.",
  },
  backing: {
    name: "Backing",
    text: "Attested over issued hashrate. Below 100 % the fleet delivers less than was sold.",
  },
  "bond-cover": {
    name: "Days that the bond covers",
    text: "How many days' rewards the bond would pay if the issuer stopped paying, at the newest hashprice.",
  },
  "on-time": {
    name: "Paid on time",
    text: "Settled days whose reward was there in full when they were settled, of all settled days. A day that was paid late stays a day that was not paid on time.",
  },
  terms: {
    name: "Terms",
    text: "Fixed when the series was created; nobody can change them.",
  },
  ledger: {
    name: "Promised and paid",
    text: "All settled days together: what they owed, what was paid on time, repaid later, and is still owed.",
  },
  claimable: {
    name: "Claimable",
    text: "Your share of all settled days less what you have claimed. The claim pays exactly this amount; a fraction of the last unit is kept for next time. A claim walks at most 128 days on which your balance changed; where there are more, it takes several.",
  },
  today: {
    name: "Hashrate hours today",
    text: "Hashrate times the time you hold it today, if nothing moves until midnight UTC: 70 PH/s bought at noon UTC are 70 PH/s × 12 h.",
  },
  expected: {
    name: "Expected today",
    text: "An estimate: your share of today if the fleet delivers in full and today earns what the newest reported day earned. Only the reported day decides.",
  },
  "next-payment": {
    name: "Next payment",
    text: "When the first unsettled day you have a part in can be settled: its reports' challenge windows end then. While a report is missing: as long after the day's end as the day before took. It needs the issuer's money to be there.",
  },
  share: {
    name: "Your share of a day",
    text: "Your part of the work held that day, of what was paid for it. Amounts are rounded so that the days add up to the total exactly.",
  },
};
