// SPDX-License-Identifier: AGPL-3.0-only
import type { Ware } from "../../chain/wares";
import { ChainText } from "../../kit/numbers";
import { href } from "../../kit/router";
import { SpotSell } from "../../kit/spot_panel";
import type { Fillable } from "../../model/spot";

/** Hashrate of the account's, to sell: to the best bid, or at a price of its own. */
export function SellCard({ ware, own }: { ware: Ware; own: readonly Fillable[] }) {
  const { series, books, held } = ware;
  const token = {
    ...{ address: series.token, symbol: series.symbol, balance: held, isAmortising: false },
  };
  return (
    <article class="card" data-testid="sell-card">
      <header>
        <h3>
          <a href={href("series", series.address)}>
            <ChainText text={series.name} />
          </a>
        </h3>
        <p>
          <ChainText text={series.symbol} />
        </p>
      </header>
      {books.map((book) => (
        <SpotSell key={book.money.address} token={token} book={book} own={own} />
      ))}
    </article>
  );
}
