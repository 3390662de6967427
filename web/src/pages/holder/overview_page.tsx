// SPDX-License-Identifier: AGPL-3.0-only
import { useSignal } from "@preact/signals";
import { isAddress } from "viem";
import { t } from "../../i18n";
import { Field } from "../../kit/field";
import { href } from "../../kit/router";
import { Empty, Ready } from "../../kit/state_boxes";
import { type Overview, PAGE_SIZE, useMeans, useOverview } from "./chain_data";
import { Hero } from "./hero";
import { SeriesCard } from "./series_card";

export function OverviewPage() {
  const shown = useSignal(PAGE_SIZE);
  const withAll = useSignal(false);
  const read = useOverview(shown.value, withAll.value);
  useMeans(read.value?.series ?? []);
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
                withAll={withAll.value}
                onMore={() => {
                  shown.value += PAGE_SIZE;
                }}
                onAll={() => {
                  withAll.value = true;
                }}
              />
            </>
          )}
        </Ready>
      </section>
    </>
  );
}

/** Series that the list does not reach open by their address. */
function OpenByAddress() {
  const text = useSignal("");
  const isBad = useSignal(false);
  const open = (event: Event) => {
    event.preventDefault();
    const address = text.value.trim();
    isBad.value = !isAddress(address);
    if (!isBad.value) location.hash = href("series", address);
  };
  return (
    <form onSubmit={open} class="by-address" noValidate>
      <Field
        label={t.value.series.byAddress}
        value={text.value}
        problem={isBad.value ? t.value.forms.badAddress : undefined}
        onInput={(value) => {
          text.value = value;
        }}
      />
    </form>
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
  readonly withAll: boolean;
  readonly onMore: () => void;
  readonly onAll: () => void;
}

function More({ overview, withAll, onMore, onAll }: MoreProps) {
  const { listings, series, total } = overview;
  const unattested = listings.filter(({ isAttested }) => !isAttested).length;
  const wanted = withAll ? listings.length : listings.length - unattested;
  return (
    <div class="more">
      {series.length < wanted && (
        <button type="button" class="secondary" onClick={onMore}>
          {t.value.more}
        </button>
      )}
      {unattested > 0 && !withAll && (
        <button type="button" class="secondary outline" onClick={onAll}>
          {t.value.series.unattested(unattested)}
        </button>
      )}
      {listings.length < total && <small>{t.value.series.listed(listings.length, total)}</small>}
      {listings.length < total && <OpenByAddress />}
    </div>
  );
}
