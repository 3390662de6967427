// SPDX-License-Identifier: AGPL-3.0-only
import type { Series } from "../chain/series";
import { today } from "../chain/session";
import { t } from "../i18n";
import {
  backingBps,
  backingGrade,
  bondCoverTenths,
  bondGrade,
  fullDay,
  type Grade,
} from "../model/figures";
import { formatExact, NEVER } from "../model/units";
import { language } from "../settings/choices";
import { oracleState } from "./chain_data";
import { By } from "./links";
import { ChainText, dayText, Fact, Hashrate, Percent, Usd } from "./numbers";
import { href } from "./router";

/** The columns of the series list. */
export function SeriesFacts({ series }: { series: Series }) {
  const { terms } = series;
  const tenths = bondCover(series);
  const backing = backingBps(series.attested, series.supply);
  return (
    <dl class="facts">
      <Fact name={t.value.series.issued}>
        <By formula="issued">
          <Hashrate ths={series.supply} testid="supply" />
        </By>
      </Fact>
      <Fact name={t.value.series.attested}>
        <By formula="attested">
          <Hashrate ths={series.attested} testid="attested" />
        </By>
      </Fact>
      <Fact name={t.value.series.backing}>
        <By formula="backing">
          {series.supply === 0n ? t.value.series.noSupply : <Percent bps={backing} />}
        </By>
        {backing !== undefined && <Mark grade={backingGrade(backing)} testid="backing-grade" />}
      </Fact>
      <Fact name={t.value.series.bondCover}>
        <By formula="bond-cover">
          {tenths === undefined ? "–" : t.value.series.days(formatExact(tenths, 1, language.value))}
        </By>
        {tenths !== undefined && <Mark grade={bondGrade(tenths)} testid="bond-grade" />}
      </Fact>
      <Fact name={t.value.series.onTime}>
        <By formula="on-time">
          <OnTime series={series} />
        </By>
      </Fact>
      <Fact name={t.value.series.efficiency}>
        <By formula="terms">
          {formatExact(terms.efficiency_mj_per_th, 3, language.value)}
          <small> J/TH</small>
        </By>
      </Fact>
      <Fact name={t.value.series.power}>
        <By formula="terms">
          <Usd value={terms.power_price_usd_e6} decimals={6} digits={powerDigits(series)} />
          <small> /kWh</small>
        </By>
      </Fact>
      <Fact name={t.value.series.service}>
        <By formula="fees">
          {formatExact(terms.service_fee_wad, 18, language.value)}
          <small> sat {t.value.series.perThDay}</small>
        </By>
      </Fact>
      <Fact name={t.value.series.poolFee}>
        <By formula="gross">
          <Percent bps={terms.pool_fee_bps} />
        </By>
      </Fact>
      <Fact name={t.value.series.ends}>
        <By formula="terms">
          {series.progress.end_day === NEVER
            ? t.value.series.noEnd
            : dayText(series.progress.end_day - 1n)}
        </By>
      </Fact>
      <Fact name={t.value.series.uptime}>
        <By formula="paid-work">
          {terms.guaranteed_uptime_bps === 0n ? (
            t.value.series.passThrough
          ) : (
            <Percent bps={terms.guaranteed_uptime_bps} />
          )}
        </By>
      </Fact>
    </dl>
  );
}

/** A colour, and the word for it. */
function Mark({ grade, testid }: { grade: Grade; testid: string }) {
  return (
    <>
      {" "}
      <span class={`grade ${grade}`} data-testid={testid} data-grade={grade}>
        {t.value.series[grade]}
      </span>
    </>
  );
}

/** Settled days whose reward was there when they were settled, of all. */
function OnTime({ series: { progress, terms } }: { series: Series }) {
  const all = progress.next_day - terms.start_day;
  const good = all - progress.shortfalls;
  if (all <= 0n) return <>–</>;
  const grade = good === all ? "safe" : "bare";
  return (
    <span
      class={`grade ${grade}`}
      data-testid="on-time"
      data-days={all.toString()}
      data-good={good.toString()}
    >
      {t.value.series.onTimeOf(
        formatExact(good, 0, language.value),
        formatExact(all, 0, language.value),
      )}
    </span>
  );
}

/** As many decimals as the price has, at least two. */
function powerDigits({ terms }: Series): number {
  const text = terms.power_price_usd_e6.toString().padStart(6, "0").slice(-6);
  return Math.max(2, text.replace(/0+$/, "").length);
}

/** Tenths of a day that the bond pays at the newest hashprice. */
export function bondCover(series: Series): bigint | undefined {
  const market = oracleState.value?.newest;
  if (market === undefined || series.supply === 0n) return undefined;
  const { reward } = fullDay(series.terms, market, series.supply, series.basePerSat);
  return bondCoverTenths(series.ledger.bond, reward);
}

/** The head of a series' card: its name, which leads to it, symbol, site and marks. */
export function SeriesHead({ series }: { series: Series }) {
  return (
    <header>
      <h3>
        <a href={href("series", series.address)}>
          <ChainText text={series.name} />
        </a>
      </h3>
      <p>
        <ChainText text={series.symbol} /> · <ChainText text={series.site} />
      </p>
      <SeriesMarks series={series} />
    </header>
  );
}

/** What a buyer must not overlook. */
export function SeriesMarks({ series }: { series: Series }) {
  const marks: string[] = [];
  if (series.progress.is_closed) marks.push(t.value.series.closed);
  else if (today.value >= series.progress.end_day) marks.push(t.value.series.ended);
  if (series.ledger.arrears > 0n) marks.push(t.value.series.short);
  return (
    <>
      {marks.map((mark) => (
        <span key={mark} class="mark">
          {mark}
        </span>
      ))}
      {!series.isAttested && <p class="hint">{t.value.series.unattestedNote}</p>}
    </>
  );
}
