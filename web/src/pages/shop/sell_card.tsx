// SPDX-License-Identifier: AGPL-3.0-only
import type { ComponentChildren } from "preact";
import type { Ware } from "../../chain/wares";
import { SeriesHead } from "../../kit/series_facts";
import { SpotBid, SpotSell } from "../../kit/spot_panel";
import type { Traded } from "../../kit/spot_trade";
import type { OpenSpot } from "../../model/spot";

interface CardProps {
  readonly ware: Ware;
  readonly own: readonly OpenSpot[];
}

/** A series' token, as the spot market trades it. */
export function tradedOf({ series, held }: Ware): Traded {
  return { address: series.token, symbol: series.symbol, balance: held, isAmortising: false };
}

/** Hashrate of the account's, to sell: to the best bids, or at a price of its own. */
export function SellCard({ ware, own }: CardProps) {
  return (
    <TradeCard testid="sell-card" ware={ware}>
      {ware.books.map((book) => (
        <SpotSell key={book.money.address} token={tradedOf(ware)} book={book} own={own} />
      ))}
    </TradeCard>
  );
}

/** Hashrate that nobody offers, to bid for. */
export function BidCard({ ware, own }: CardProps) {
  return (
    <TradeCard testid="bid-card" ware={ware}>
      {ware.books.map((book) => (
        <SpotBid key={book.money.address} token={tradedOf(ware)} book={book} own={own} />
      ))}
    </TradeCard>
  );
}

function TradeCard({ testid, ware: { series }, children }: TradeCardProps) {
  return (
    <article class="card" data-testid={testid}>
      <SeriesHead series={series} />
      {children}
    </article>
  );
}

interface TradeCardProps {
  readonly testid: string;
  readonly ware: Ware;
  readonly children: ComponentChildren;
}
