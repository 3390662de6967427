// SPDX-License-Identifier: AGPL-3.0-only
import { useSignal } from "@preact/signals";
import { t } from "../i18n";
import { type Overview, PAGE_SIZE, useOverview } from "../state/chain_data";
import { Hero } from "./hero";
import { SeriesCard } from "./series_card";
import { Empty, Ready } from "./state_boxes";

export function OverviewPage() {
  const shown = useSignal(PAGE_SIZE);
  const withUnbound = useSignal(false);
  const read = useOverview(shown.value, withUnbound.value);
  return (
    <>
      <Hero overview={read.value} />
      <section aria-labelledby="series-title">
        <h2 id="series-title">{t.value.series.title}</h2>
        <p class="hint">{t.value.series.hint}</p>
        <Ready read={read} lines={6}>
          {(overview) => (
            <>
              <Cards overview={overview} />
              <More
                overview={overview}
                withUnbound={withUnbound.value}
                onMore={() => {
                  shown.value += PAGE_SIZE;
                }}
                onUnbound={() => {
                  withUnbound.value = true;
                }}
              />
            </>
          )}
        </Ready>
      </section>
    </>
  );
}

function Cards({ overview }: { overview: Overview }) {
  if (overview.series.length === 0 && overview.total === 0) {
    return <Empty>{t.value.series.empty}</Empty>;
  }
  return (
    <div class="cards">
      {overview.series.map((series, i) => (
        <SeriesCard key={series.address} series={series} holding={overview.holdings[i]} />
      ))}
    </div>
  );
}

interface MoreProps {
  readonly overview: Overview;
  readonly withUnbound: boolean;
  readonly onMore: () => void;
  readonly onUnbound: () => void;
}

function More({ overview, withUnbound, onMore, onUnbound }: MoreProps) {
  const { listings, series, total } = overview;
  const unbound = listings.filter(({ isBound }) => !isBound).length;
  const wanted = withUnbound ? listings.length : listings.length - unbound;
  return (
    <p class="more">
      {series.length < wanted && (
        <button type="button" class="secondary" onClick={onMore}>
          {t.value.more}
        </button>
      )}
      {unbound > 0 && !withUnbound && (
        <button type="button" class="secondary outline" onClick={onUnbound}>
          {t.value.series.unbound(unbound)}
        </button>
      )}
      {listings.length < total && <small>{t.value.series.listed(listings.length, total)}</small>}
    </p>
  );
}
