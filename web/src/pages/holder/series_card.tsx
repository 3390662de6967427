// SPDX-License-Identifier: AGPL-3.0-only
import type { Holding } from "../../chain/account";
import type { Series } from "../../chain/series";
import { t } from "../../i18n";
import { EarnsNow } from "../../kit/earns_now";
import { ChainText } from "../../kit/numbers";
import { href } from "../../kit/router";
import { SeriesFacts, SeriesHead } from "../../kit/series_facts";
import { HoldingPanel } from "./holding_panel";

/** One series in the list, with what the account has in it. */
export function SeriesCard({ series, holding }: { series: Series; holding: Holding | undefined }) {
  const hasAny =
    holding !== undefined &&
    (holding.balance > 0n || holding.claimable > 0n || holding.workToday > 0n);
  return (
    <article class="card" data-testid="series-card" data-series={series.address}>
      <SeriesHead series={series} />
      <EarnsNow series={series} />
      {hasAny && <HoldingPanel holding={holding} />}
      <SeriesFacts series={series} />
      <a class="open" href={href("series", series.address)}>
        {t.value.series.open}
        <span class="visually-hidden">
          {" "}
          <ChainText text={series.name} />
        </span>
      </a>
    </article>
  );
}
