// SPDX-License-Identifier: AGPL-3.0-only

export const spotEn = {
  title: "From other holders",
  none: "Nobody offers any right now.",
  down: "The order book does not answer: offers of other holders are not shown.",
  price: "Best offer",
  priceOfRest: (percent: string) => `${percent} % of what is still to come`,
  left: "At this price",
  more: (count: string) => `${count} dearer offers wait behind it.`,
  amount: (symbol: string) => `How much ${symbol}`,
  all: "All at this price",
  worstAsk: (unit: string) => `Highest price of 1, in ${unit}`,
  worstBid: (unit: string) => `Lowest price of 1, in ${unit}`,
  percentOfRest: "% of what is still to come",
  worstHint: "Left empty, only the best price counts. Each order is taken at its own price.",
  fromOrders: (orders: string, mean: string) => `From ${orders} orders, ${mean} on average.`,
  lastPrice: "The last of them is at",
  stop: ". ",
  passedOver: "What somebody else takes first is left out and costs nothing.",
  allowed: (amount: string) => `The market may take ${amount} of yours.`,
  allowedEnough: "That is enough: nothing is approved.",
  approves: (amount: string) =>
    `First exactly ${amount} is approved, for this and your open orders: a transaction.`,
  approvesBySignature: (amount: string) =>
    `Exactly ${amount} is approved, for this and your open orders: by a signature where the token knows permits, else by a transaction.`,
  pay: "You pay",
  buy: "Buy from the holder",
  tooMuch: (left: string) => `Only ${left} can be had up to this price.`,
  tooLittle: (least: string) => `This holder sells at least ${least} at a time.`,
  tooLittleBid: (least: string) => `This buyer takes at least ${least} at a time.`,
  tooDear: (amount: string, symbol: string) => `You have ${amount} ${symbol}: too little.`,
  noRefund:
    "Bought from a holder, the issuer's refund does not come with it: you have the token and all it earns from that second on.",
  checked: "The chain has checked these orders: signature, amount left, the maker's balance.",
  sellTitle: (symbol: string) => `Sell ${symbol}`,
  bid: "Best bid",
  noBid: "Nobody bids for any right now: offer it at a price of your own.",
  sell: "Sell to the bidder",
  get: "You get",
  own: "Offer at your price",
  ownBid: "Bid at your price",
  ownPrice: (symbol: string) => `Price of 1, in ${symbol}`,
  ownPercent: "Price, in % of what is still to come",
  days: "Valid for how many days",
  badPrice: "This is not a price.",
  badDays: "From 1 to 90 days.",
  badAmount: "This is not an amount.",
  noAmount: "More than nothing.",
  youHave: (amount: string) => `You have ${amount}.`,
  youHaveLess: "You have less.",
  review: "Look at the order",
  words: (amount: string, symbol: string, price: string, until: string) =>
    `You offer to sell ${amount} ${symbol} for ${price}, until ${until}.`,
  wordsBid: (amount: string, symbol: string, price: string, until: string) =>
    `You bid to buy ${amount} ${symbol} for ${price}, until ${until}.`,
  wordsAll: "If all of it is taken now, you get",
  wordsAllBid: "If all of it is sold to you now, you pay",
  wordsParts: "Anybody may take it, also in parts.",
  wordsPartsBid: "Anybody may sell to you, also in parts.",
  wordsRest:
    "As it earns, less is still to come, and your price falls with it: the share you signed stays.",
  wordsKeep:
    "Signing costs nothing. It stays in your wallet and keeps earning for you until somebody takes it; if you move it away, nobody can.",
  wordsKeepBid:
    "Signing costs nothing. The money stays in your wallet until somebody sells to you; if you spend it, nobody can.",
  wordsCancel: "To take the order back you send a transaction: hiding it is not enough.",
  sign: "Sign the order",
  back: "Back",
  openOrders: "Your open orders",
  openAsk: (amount: string, symbol: string, price: string) =>
    `Sell ${amount} ${symbol} for ${price}`,
  openBid: (amount: string, symbol: string, price: string) =>
    `Buy ${amount} ${symbol} for ${price}`,
  until: (date: string) => `until ${date}`,
  each: (price: string, symbol: string) => `${price} ${symbol} each`,
  cancel: "Cancel",
};

export type SpotTexts = typeof spotEn;
