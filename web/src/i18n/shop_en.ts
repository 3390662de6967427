// SPDX-License-Identifier: AGPL-3.0-only

export const shopEn = {
  title: "Buy hashrate",
  hint: "From issuers and from other holders. 1 token is 1 TH/s of a series: from the second you have it, what it earns is yours. Money for an issuer waits in the contract and goes to it day by day, as the fleet delivers; a holder gets it at once.",
  none: "Nothing is for sale right now.",
  absent: "This page does not know of an offering.",
  offers: "For sale now",
  issuer: "From the issuer",
  sell: "Sell what you have",
  sellHint:
    "From wallet to wallet: nothing of yours is kept anywhere, and what is not sold goes on earning for you.",
  bid: "Bid for what nobody offers",
  bidHint: "Your money stays in your wallet until somebody sells to you at your price.",
  powerRule:
    "On a day on which power and fees come to more than what is mined, holders get nothing and owe nothing; no other day has to make up for it.",
  history: {
    none: "No day is settled yet: there is no history of payments.",
    never: (days: string) => `All of its ${days} settled days were paid in full.`,
    short: (short: string, days: string, repaid: string) =>
      `${short} of its ${days} settled days were not paid in full when they were settled; ${repaid} of them were paid later.`,
    owed: "Owed to holders now:",
  },
  price: "Price of 1 TH/s",
  left: "Left",
  until: "Sale closes",
  falling: (low: string) => `falls until then, to ${low}`,
  follows: (days: string) => `follows the hashprice: ${days} days of it`,
  yield: "Earns a year, of its price",
  yieldHint: "the last 7 settled days, after costs, times 365",
  payback: "Paid back",
  paybackDays: (days: string, date: string) => `after ${days} days, about ${date}`,
  paybackNever: (days: string, percent: string) =>
    `not within ${days} days: ${percent} % comes back`,
  stop: (date: string) =>
    `From about ${date} on power and fees take all of it: it then earns nothing, and you owe nothing.`,
  stopNow:
    "At these assumptions power and fees take all of it from the first day on: it earns nothing, and you owe nothing.",
  believe: {
    title: "Your assumptions",
    hint: "Paid back is computed here, on your device, day by day by the contract's own rules, at full delivery. The future is your guess: change it.",
    growth: "Difficulty grows at each retarget, in %",
    growthHint: "about every two weeks; 1 is about 30 % a year",
    btc: "Price of bitcoin in USD, from now on",
    btcHint: (price: string) => `${price} on the last reported day`,
    bad: "This is not a number that makes sense here.",
    halving: "At the next halving all of the hashprice is halved, fees too.",
    dollar: (symbol: string) => `1 ${symbol} is counted as 1 USD.`,
  },
  before: "Before you buy",
  delivery: (days: string, from: string, to: string) =>
    `The money is released over ${days} days of delivery, ${from} to ${to}.`,
  refundRule:
    "If the series owes its holders for more than 30 days after a payment was due, you may hand tokens back for what was not delivered. That right is yours, not the token's: whoever buys the token from you does not get it.",
  refundEnds: "It also holds if the series ends before those days are over.",
  refundEndsNot: "It does not hold if the series ends before those days are over.",
  passThrough:
    "This series guarantees no uptime: a day without output pays nothing, and counts as delivered.",
  facts: "Backing, default history, fees and term",
  amount: "How much, in TH/s",
  all: "All that is left",
  pay: "You pay",
  payMost: "You pay at most",
  have: (amount: string, symbol: string) => `You have ${amount} ${symbol}.`,
  tooMuch: (left: string) => `Only ${left} TH/s are left.`,
  tooDear: (amount: string, symbol: string) => `You have ${amount} ${symbol}: too little.`,
  buy: "Buy",
  signatures: "Exactly this amount is approved, and bought in the same step where your wallet can.",
  connect: "Connect a wallet to buy.",
  mine: "What you bought, and what it has come to",
  spent: "You paid, less what came back",
  gained: "More came back than you paid",
  earned: "Earned with this series so far",
  notAllTrades:
    "The node does not tell of all trades with other holders: cost and result leave out those that it does not tell of.",
  earnedHint: "by all tokens of it that this account ever held, claimed or not",
  backSoFar: "Of what you paid",
  boughtFromHolders: "Bought from holders",
  soldToHolders: "Sold to holders",
  paid: "You paid",
  bought: "Bought",
  delivered: "Delivered",
  deliveredOf: (days: string, all: string) => `${days} of ${all} days`,
  refundNow: "You would get back now",
  noDefault: "nothing: the series is not in default",
  handBack: (amount: string) => `Hand ${amount} TH/s back`,
  over: "Not for sale",
  closed: {
    over: "closed",
    sold: "sold out",
    owes: "the series owes its holders",
    ends: "the series ends too early",
    price: "the hashprice is too old to price it",
  },
  round: (number: string) => `Round ${number}`,
};

export type ShopTexts = typeof shopEn;
