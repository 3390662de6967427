// SPDX-License-Identifier: AGPL-3.0-only
import { useSignal } from "@preact/signals";
import { readEvery } from "../../chain/registry";
import type { Series } from "../../chain/series";
import { t } from "../../i18n";
import { type Overview, PAGE_SIZE, useMeans, useOverview } from "../../kit/chain_data";
import { Empty, Loading, Ready } from "../../kit/state_boxes";
import { useRead } from "../../kit/use_read";
import { Finder, found, isFinding, isOnlyMine } from "./finder";
import { Hero } from "./hero";
import { SeriesCard } from "./series_card";

export function OverviewPage() {
  const shown = useSignal(PAGE_SIZE);
  const withAll = useSignal(false);
  const read = useOverview(shown.value, withAll.value);
  return (
    <>
      <Hero overview={read.value} />
      <section aria-labelledby="series-title">
        <h2 id="series-title">{t.value.series.title}</h2>
        <p class="hint">{t.value.series.hint}</p>
        <Ready read={read} lines={6}>
          {(overview) => (
            <List
              overview={overview}
              shown={shown.value}
              withAll={withAll.value}
              onMore={() => {
                shown.value += PAGE_SIZE;
              }}
              onAll={() => {
                withAll.value = true;
              }}
            />
          )}
        </Ready>
      </section>
    </>
  );
}

interface ListProps {
  readonly overview: Overview;
  readonly shown: number;
  readonly withAll: boolean;
  readonly onMore: () => void;
  readonly onAll: () => void;
}

function List({ overview, shown, withAll, onMore, onAll }: ListProps) {
  const { listings, mine } = overview;
  const isAsked = isFinding();
  const every = useRead(
    async (session) => (isAsked ? readEvery(session, withAll) : undefined),
    [isAsked, withAll, listings.length],
  );
  const known = isAsked ? every.value : overview.series;
  const matches = known === undefined ? [] : found(known, mine);
  const cards = matches.slice(0, shown);
  const unattested = listings.filter(({ isAttested }) => !isAttested).length;
  const total = isAsked
    ? matches.length
    : isOnlyMine()
      ? mine.size
      : withAll
        ? listings.length
        : listings.length - unattested;
  return (
    <>
      {listings.length > PAGE_SIZE / 2 && <Finder />}
      {known === undefined ? <Loading lines={6} /> : <Cards series={cards} overview={overview} />}
      <div class="more">
        {cards.length < total && (
          <button type="button" class="secondary" onClick={onMore}>
            {t.value.more}
          </button>
        )}
        {unattested > 0 && !withAll && (
          <button type="button" class="secondary outline" onClick={onAll}>
            {t.value.series.unattested(unattested)}
          </button>
        )}
      </div>
    </>
  );
}

interface CardsProps {
  readonly series: readonly Series[];
  readonly overview: Overview;
}

function Cards({ series, overview }: CardsProps) {
  useMeans(series);
  if (overview.listings.length === 0) return <Empty>{t.value.series.empty}</Empty>;
  if (series.length === 0) return <Empty>{t.value.find.nothing}</Empty>;
  const holdings = new Map(overview.holdings.map((each) => [each.series.address, each]));
  return (
    <div class="cards">
      {series.map((each) => (
        <SeriesCard key={each.address} series={each} holding={holdings.get(each.address)} />
      ))}
    </div>
  );
}
