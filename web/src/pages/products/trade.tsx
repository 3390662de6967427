// SPDX-License-Identifier: AGPL-3.0-only
// Buying and selling a product's token from wallet to wallet.

import type { Address } from "viem";
import type { Money } from "../../chain/offering";
import type { Spot } from "../../chain/spot";
import { ChainText } from "../../kit/numbers";
import { SpotBuy, SpotSell } from "../../kit/spot_panel";
import type { Traded } from "../../kit/spot_trade";
import { account } from "../../wallet/wallet";
import { words } from "./texts";

interface TradeProps {
  readonly token: Traded;
  readonly spot: Spot | undefined;
  /** What it is priced in where nobody has quoted yet. */
  readonly coin: Money;
  /** [base units per 1e18 of the token] still to come; 0 of one that is not priced by it */
  readonly remaining: bigint;
}

/** What others ask and bid for a token, and an offer of one's own. */
export function Trade({ token, spot, coin, remaining }: TradeProps) {
  if (spot === undefined) return null;
  const books = spot.books.filter(({ token: of }) => of === token.address);
  const empty = { token: token.address, money: coin, remaining, asks: [], bids: [] };
  const shown = books.length === 0 ? [empty] : books;
  const hasAsk = shown.some(({ asks }) => asks.length > 0);
  if (!hasAsk && token.balance === 0n) return null;
  return (
    <details data-testid="trade" data-token={token.address}>
      <summary>
        {words.value.trade} <ChainText text={token.symbol} />
      </summary>
      {shown.map((book) => (
        <div key={book.money.address}>
          {book.asks.length > 0 && <SpotBuy token={token} book={book} own={spot.own} />}
          {account.value !== undefined && token.balance > 0n && (
            <SpotSell token={token} book={book} own={spot.own} />
          )}
        </div>
      ))}
    </details>
  );
}

/** The reward token as money; its balance is not known here, and nothing of it is spent. */
export function coinOf(series: {
  readonly rewardToken: Address;
  readonly rewardSymbol: string;
  readonly rewardDecimals: number;
}): Money {
  const { rewardToken: address, rewardSymbol: symbol, rewardDecimals: decimals } = series;
  return { address, symbol, decimals, balance: 0n };
}
