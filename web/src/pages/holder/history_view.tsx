// SPDX-License-Identifier: AGPL-3.0-only
// Days and claims of an account, of one series or of all, by year: totals, tables, CSV.

import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Address } from "viem";
import type { Entry, Of } from "../../chain/account_history";
import type { History, HistoryDay } from "../../chain/history";
import { session } from "../../chain/session";
import { type Claim, findClaims, withTimes } from "../../chain/traces";
import { t } from "../../i18n";
import { DataTable } from "../../kit/data_table";
import { chosenCurrency } from "../../kit/fiat";
import { Account, By, TxLink } from "../../kit/links";
import { ChainText, Count, dayText, Fact, Money, Time, Usd, Work } from "../../kit/numbers";
import { Empty } from "../../kit/state_boxes";
import { dateOf } from "../../model/units";
import { dayHref } from "./day_parts";
import { claimsCsv, daysCsv, offerDownload } from "./history_csv";

const PAGE_ROWS = 31;

/** How much of a long read is done, from 0 to 1. */
export function Progress({ part }: { part: number }) {
  return (
    <>
      <p role="status">{t.value.progress(Math.floor(part * 100))}</p>
      <progress value={part} max={1} aria-label={t.value.loading} />
    </>
  );
}

interface ViewProps {
  readonly entries: readonly Entry[];
  readonly holder: Address;
  /** What the files are called after. */
  readonly name: string;
}

export function HistoryView({ entries, holder, name }: ViewProps) {
  const year = useSignal<number | undefined>(undefined);
  const all = entries.flatMap(({ series, history }) =>
    history.days.map((day) => ({ ...day, series })),
  );
  const days = all
    .filter(({ day }) => year.value === undefined || yearOf(day) === year.value)
    .sort((a, b) => Number(a.day - b.day));
  const years = [...new Set(all.map(({ day }) => yearOf(day)))].sort((a, b) => b - a);
  const file = year.value === undefined ? name : `${name}-${year.value}`;
  return (
    <>
      {byCoin(entries).map((each) => (
        <Totals key={each[0]?.series.rewardToken} entries={each} />
      ))}
      {years.length > 1 && <YearField years={years} year={year} />}
      <Days days={days} file={file} isMany={entries.length > 1} />
      <Claims entries={entries} holder={holder} year={year.value} file={file} />
    </>
  );
}

function yearOf(day: bigint): number {
  return dateOf(day).getUTCFullYear();
}

function byCoin(entries: readonly Entry[]): Entry[][] {
  const coins = new Map<Address, Entry[]>();
  for (const entry of entries) {
    const coin = entry.series.rewardToken;
    coins.set(coin, [...(coins.get(coin) ?? []), entry]);
  }
  return [...coins.values()];
}

interface YearFieldProps {
  readonly years: readonly number[];
  readonly year: Signal<number | undefined>;
}

function YearField({ years, year }: YearFieldProps) {
  return (
    <label class="year">
      {t.value.mine.year}
      <select
        data-testid="year"
        value={year.value ?? ""}
        onChange={({ currentTarget: { value } }) => {
          year.value = value === "" ? undefined : Number(value);
        }}
      >
        <option value="">{t.value.mine.allYears}</option>
        {years.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Of the series that pay in one coin. */
function Totals({ entries }: { entries: readonly Entry[] }) {
  const series = entries[0]?.series;
  if (series === undefined) return null;
  const money = { decimals: series.rewardDecimals, symbol: series.rewardSymbol };
  const sum = (of: (history: History) => bigint) =>
    entries.reduce((total, { history }) => total + of(history), 0n);
  const agreements = entries.map(({ history }) => history.agrees);
  const agrees = agreements.includes(undefined) ? undefined : !agreements.includes(false);
  return (
    <section class="panel" aria-label={t.value.mine.earned}>
      <dl class="facts">
        <Fact name={t.value.mine.earned}>
          <By formula="share">
            <strong>
              <Money base={sum(({ earned }) => earned)} {...money} testid="earned" />
            </strong>
          </By>
        </Fact>
        <Fact name={t.value.mine.received}>
          <By formula="claimable">
            <Money base={sum(({ claimed }) => claimed)} {...money} testid="received" />
          </By>
        </Fact>
        <Fact name={t.value.mine.claimable}>
          <By formula="claimable">
            <Money base={sum(({ claimable }) => claimable)} {...money} />
          </By>
        </Fact>
      </dl>
      {agrees !== undefined && (
        <p class="hint after" data-testid="history-check" data-agrees={agrees}>
          {agrees ? t.value.mine.agrees : t.value.mine.differs}
        </p>
      )}
    </section>
  );
}

interface DaysProps {
  readonly days: readonly Of<HistoryDay>[];
  readonly file: string;
  /** Of several series: each row says of which. */
  readonly isMany: boolean;
}

function Days({ days, file, isMany }: DaysProps) {
  const shown = useSignal(PAGE_ROWS);
  const text = t.value.table;
  const newest = days.slice(-shown.value).reverse();
  const of = isMany ? [t.value.series.one] : [];
  const heads = [text.day, ...of, text.amount, text.usd, text.work, text.price];
  return (
    <section aria-labelledby="my-days">
      <div class="title-line">
        <h2 id="my-days">
          {t.value.mine.days} <Count value={BigInt(days.length)} />
        </h2>
        <button
          type="button"
          class="secondary outline"
          data-testid="csv-export"
          disabled={days.length === 0}
          onClick={() => offerDownload(`${file}-days.csv`, daysCsv(days, chosenCurrency()))}
        >
          {t.value.mine.csvDays}
        </button>
      </div>
      {days.length === 0 ? (
        <Empty>{t.value.mine.noDays}</Empty>
      ) : (
        <DataTable label={t.value.mine.days} heads={heads}>
          {newest.map((day) => (
            <DayRow key={`${day.day} ${day.series.address}`} day={day} isMany={isMany} />
          ))}
        </DataTable>
      )}
      <More all={days.length} shown={shown} />
    </section>
  );
}

/** Shows a page more of a list that has more. */
function More({ all, shown }: { all: number; shown: Signal<number> }) {
  if (all <= shown.value) return null;
  return (
    <button
      type="button"
      class="secondary"
      onClick={() => {
        shown.value += PAGE_ROWS;
      }}
    >
      {t.value.more}
    </button>
  );
}

function DayRow({ day, isMany }: { day: Of<HistoryDay>; isMany: boolean }) {
  const { series } = day;
  const usd = (day.amount * day.ledger.btcUsdE8) / series.basePerSat;
  return (
    <tr data-testid="my-day-row" data-day={day.day.toString()} data-series={series.address}>
      <th scope="row">
        <a href={dayHref(series, day.day)}>{dayText(day.day)}</a>
      </th>
      {isMany && (
        <td>
          <ChainText text={series.symbol} />
        </td>
      )}
      <td>
        <By formula="share">
          <Money base={day.amount} decimals={series.rewardDecimals} />
        </By>
      </td>
      <td>
        <By formula="price">
          <Usd value={usd} decimals={16} />
        </By>
      </td>
      <td>
        <By formula="held-work">
          <Work work={day.work} />
        </By>
      </td>
      <td>
        <By formula="price">
          <Usd value={day.ledger.btcUsdE8} decimals={8} />
        </By>
      </td>
    </tr>
  );
}

interface ClaimsProps {
  readonly entries: readonly Entry[];
  readonly holder: Address;
  readonly year: number | undefined;
  readonly file: string;
}

type Older = Pick<History, "claims" | "claimsFrom">;

function Claims({ entries, holder, year, file }: ClaimsProps) {
  const shown = useSignal(PAGE_ROWS);
  const older = useSignal<ReadonlyMap<Address, Older>>(new Map());
  const known = entries.map(({ series, history }) => ({
    series,
    claims: [...(older.value.get(series.address)?.claims ?? []), ...history.claims],
    from: (older.value.get(series.address) ?? history).claimsFrom,
  }));
  const found = known.flatMap(({ series, claims }) =>
    claims.map((claim) => ({ ...claim, series })),
  );
  const sorted = found.sort((a, b) => Number(a.block - b.block));
  const claims = useTimes(sorted, year === undefined ? shown.value : sorted.length).filter(
    ({ time }) => year === undefined || time === undefined || yearAt(time) === year,
  );
  const partial = known.find(({ from }) => from !== undefined);
  const goOn = async () => {
    const current = session.value;
    if (current === undefined || partial?.from === undefined) return;
    const { address } = partial.series;
    const { logs, from } = await findClaims(current, address, holder, partial.from - 1n);
    const before = older.value.get(address)?.claims ?? [];
    const claimsFrom = from <= current.deployment.fromBlock ? undefined : from;
    older.value = new Map(older.value).set(address, { claims: [...logs, ...before], claimsFrom });
  };
  return (
    <section aria-labelledby="my-claims">
      <div class="title-line">
        <h2 id="my-claims">
          {t.value.mine.claims} <Count value={BigInt(claims.length)} />
        </h2>
        <button
          type="button"
          class="secondary outline"
          data-testid="csv-export-claims"
          disabled={claims.length === 0}
          onClick={async () => {
            if (session.value === undefined) return;
            const all = await withTimes(session.value, claims);
            offerDownload(`${file}-claims.csv`, claimsCsv(all));
          }}
        >
          {t.value.mine.csvClaims}
        </button>
      </div>
      <ClaimList claims={claims.slice(-shown.value)} />
      <More all={claims.length} shown={shown} />
      {partial?.from !== undefined && (
        <p class="hint">
          {t.value.mine.partial(partial.from.toString())}{" "}
          <button type="button" class="quiet" onClick={() => void goOn()}>
            {t.value.mine.goOn}
          </button>
        </p>
      )}
    </section>
  );
}

/** The newest claims with their times; blocks are asked only where the node's events are mute. */
function useTimes(claims: readonly Of<Claim>[], most: number): readonly Of<Claim>[] {
  const timed = useSignal<readonly Of<Claim>[] | undefined>(undefined);
  useEffect(() => {
    timed.value = undefined;
    const newest = claims.slice(-most);
    if (session.value === undefined || newest.every(({ time }) => time !== undefined)) return;
    let isWanted = true;
    void withTimes(session.value, newest).then(
      (found) => {
        if (isWanted) timed.value = [...claims.slice(0, -most), ...found];
      },
      () => undefined, // the list shows block numbers then
    );
    return () => {
      isWanted = false;
    };
  }, [claims.length, most]);
  return timed.value ?? claims;
}

function yearAt(time: bigint): number {
  return new Date(Number(time) * 1000).getUTCFullYear();
}

function ClaimList({ claims }: { claims: readonly Of<Claim>[] }) {
  if (claims.length === 0) return <Empty>{t.value.mine.noClaims}</Empty>;
  return (
    <ul class="claims">
      {[...claims].reverse().map(({ hash, receiver, amount, block, time, series }) => (
        <li key={`${hash}-${series.address}`} data-testid="my-claim">
          {time === undefined ? (
            <>
              {t.value.tx.block} <Count value={block} />
            </>
          ) : (
            <Time at={time} />
          )}
          {" · "}
          <TxLink hash={hash}>
            <Money base={amount} decimals={series.rewardDecimals} symbol={series.rewardSymbol} />
          </TxLink>{" "}
          <small>
            <ChainText text={series.symbol} /> → <Account address={receiver} />
          </small>
        </li>
      ))}
    </ul>
  );
}
