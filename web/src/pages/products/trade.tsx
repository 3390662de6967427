// SPDX-License-Identifier: AGPL-3.0-only
// Buying and selling a product's token from wallet to wallet.

import type { Money } from "../../chain/offering";
import type { Coin } from "../../chain/products";
import { session } from "../../chain/session";
import { namedIn, type Spot } from "../../chain/spot";
import { ChainText } from "../../kit/numbers";
import { SpotBid, SpotBuy, SpotSell } from "../../kit/spot_panel";
import type { Traded } from "../../kit/spot_trade";
import { account } from "../../wallet/wallet";
import { words } from "./texts";

interface TradeProps {
  readonly token: Traded;
  readonly spot: Spot | undefined;
  /** What it may be priced in, though nobody has quoted in it yet. */
  readonly coins: readonly Money[];
  /** [base units per 1e18 of the token] still to come; 0 of one that is not priced by it */
  readonly remaining: bigint;
}

/** What others ask and bid for a token, and an offer of one's own. */
export function Trade({ token, spot, coins, remaining }: TradeProps) {
  if (spot === undefined) return null;
  const { deployment } = session.value ?? {};
  if (deployment === undefined) return null;
  const isNamed = namedIn(deployment, () => coins.map(({ address }) => address));
  const books = spot.books.filter((book) => book.token === token.address && isNamed(book));
  const isQuoted = ({ address }: Money) => books.some(({ money }) => money.address === address);
  const empty = { token: token.address, remaining, asks: [], bids: [] };
  const shown = [
    ...books,
    ...coins.filter((coin) => !isQuoted(coin)).map((money) => ({ ...empty, money })),
  ];
  const hasAsk = shown.some(({ asks }) => asks.length > 0);
  if (!hasAsk && account.value === undefined) return null;
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
          <SpotBid token={token} book={book} own={spot.own} />
        </div>
      ))}
    </details>
  );
}

/** The reward token as money, with what the account has of it [base units]. */
export function coinOf(coin: Coin, balance: bigint): Money {
  const { rewardToken: address, rewardSymbol: symbol, rewardDecimals: decimals } = coin;
  return { address, symbol, decimals, balance };
}
