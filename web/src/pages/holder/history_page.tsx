// SPDX-License-Identifier: AGPL-3.0-only
// My days and claims in a series: read on demand, all of it, and kept as CSV for the tax office.

import { useSignal } from "@preact/signals";
import type { Address } from "viem";
import { type History, type HistoryDay, readHistory } from "../../chain/history";
import type { Series } from "../../chain/series";
import { now, session } from "../../chain/session";
import { type Claim, findClaims } from "../../chain/traces";
import { t } from "../../i18n";
import { DataTable } from "../../kit/data_table";
import { Account, By, TxLink } from "../../kit/links";
import { ChainText, Count, dayText, Fact, Money, Usd, Work } from "../../kit/numbers";
import { href } from "../../kit/router";
import { Empty, Ready } from "../../kit/state_boxes";
import { useRead } from "../../kit/use_read";
import { account } from "../../wallet/wallet";
import { useSeries } from "./chain_data";
import { dayHref } from "./days_table";
import { claimsCsv, daysCsv, offerDownload } from "./history_csv";

const PAGE_ROWS = 31;

export function HistoryPage({ address }: { address: Address }) {
  const read = useSeries(address);
  const holder = account.value;
  return (
    <Ready read={read}>
      {({ series }) => {
        if (series === undefined) return <h1 tabIndex={-1}>{t.value.series.notFound}</h1>;
        return (
          <>
            <p>
              <a href={href("series", address)}>
                ← <ChainText text={series.name} />
              </a>
            </p>
            <h1 tabIndex={-1}>{t.value.mine.history}</h1>
            {holder === undefined ? (
              <Empty>{t.value.forms.connect}</Empty>
            ) : (
              <Mine key={holder} series={series} holder={holder} />
            )}
          </>
        );
      }}
    </Ready>
  );
}

function Mine({ series, holder }: { series: Series; holder: Address }) {
  const part = useSignal(0);
  const read = useRead(
    (current) =>
      readHistory(current, series, holder, BigInt(now.peek()), (done) => {
        part.value = done;
      }),
    [series.address, holder],
  );
  return (
    <>
      {!read.isDone && (
        <>
          <p role="status">{t.value.progress(Math.floor(part.value * 100))}</p>
          <progress value={part.value} max={1} aria-label={t.value.loading} />
        </>
      )}
      {read.isDone && (
        <Ready read={read}>
          {(history) => (
            <>
              <Totals series={series} history={history} />
              <Days series={series} days={history.days} />
              <Claims series={series} holder={holder} history={history} />
            </>
          )}
        </Ready>
      )}
    </>
  );
}

function Totals({ series, history }: { series: Series; history: History }) {
  const money = { decimals: series.rewardDecimals, symbol: series.rewardSymbol };
  return (
    <section class="panel" aria-label={t.value.mine.earned}>
      <dl class="facts">
        <Fact name={t.value.mine.earned}>
          <By formula="share">
            <strong>
              <Money base={history.earned} {...money} testid="earned" />
            </strong>
          </By>
        </Fact>
        <Fact name={t.value.mine.received}>
          <By formula="claimable">
            <Money base={history.claimed} {...money} testid="received" />
          </By>
        </Fact>
        <Fact name={t.value.mine.claimable}>
          <By formula="claimable">
            <Money base={history.claimable} {...money} />
          </By>
        </Fact>
      </dl>
      {history.agrees !== undefined && (
        <p class="hint after" data-testid="history-check" data-agrees={history.agrees}>
          {history.agrees ? t.value.mine.agrees : t.value.mine.differs}
        </p>
      )}
    </section>
  );
}

function Days({ series, days }: { series: Series; days: readonly HistoryDay[] }) {
  const shown = useSignal(PAGE_ROWS);
  const text = t.value.table;
  const newest = days.slice(-shown.value).reverse();
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
          onClick={() => offerDownload(`${series.address}-days.csv`, daysCsv(series, days))}
        >
          {t.value.mine.csvDays}
        </button>
      </div>
      {days.length === 0 ? (
        <Empty>{t.value.mine.noDays}</Empty>
      ) : (
        <DataTable label={t.value.mine.days} heads={[text.day, text.work, text.amount, text.price]}>
          {newest.map((day) => (
            <DayRow key={day.day} series={series} day={day} />
          ))}
        </DataTable>
      )}
      {days.length > shown.value && (
        <button
          type="button"
          class="secondary"
          onClick={() => {
            shown.value += PAGE_ROWS;
          }}
        >
          {t.value.more}
        </button>
      )}
    </section>
  );
}

function DayRow({ series, day }: { series: Series; day: HistoryDay }) {
  return (
    <tr data-testid="my-day-row" data-day={day.day.toString()}>
      <th scope="row">
        <a href={dayHref(series, day.day)}>{dayText(day.day)}</a>
      </th>
      <td>
        <By formula="held-work">
          <Work work={day.work} />
        </By>
      </td>
      <td>
        <By formula="share">
          <Money base={day.amount} decimals={series.rewardDecimals} />
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
  readonly series: Series;
  readonly holder: Address;
  readonly history: History;
}

function Claims({ series, holder, history }: ClaimsProps) {
  const older = useSignal<Pick<History, "claims" | "claimsFrom"> | undefined>(undefined);
  const claims = [...(older.value?.claims ?? []), ...history.claims];
  const from = older.value === undefined ? history.claimsFrom : older.value.claimsFrom;
  const goOn = async () => {
    if (session.value === undefined || from === undefined) return;
    const { deployment } = session.value;
    const found = await findClaims(session.value, series.address, holder, from - 1n);
    older.value = {
      claims: [...found.logs, ...(older.value?.claims ?? [])],
      claimsFrom: found.from <= deployment.fromBlock ? undefined : found.from,
    };
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
            const csv = await claimsCsv(session.value, series, claims);
            offerDownload(`${series.address}-claims.csv`, csv);
          }}
        >
          {t.value.mine.csvClaims}
        </button>
      </div>
      <ClaimList series={series} claims={claims} />
      {from !== undefined && (
        <p class="hint">
          {t.value.mine.partial(from.toString())}{" "}
          <button type="button" class="quiet" onClick={() => void goOn()}>
            {t.value.mine.goOn}
          </button>
        </p>
      )}
    </section>
  );
}

function ClaimList({ series, claims }: { series: Series; claims: readonly Claim[] }) {
  if (claims.length === 0) return <Empty>{t.value.mine.noClaims}</Empty>;
  return (
    <ul class="claims">
      {[...claims].reverse().map(({ hash, receiver, amount, block }) => (
        <li key={`${hash}-${amount}`} data-testid="my-claim">
          <TxLink hash={hash}>
            <Money base={amount} decimals={series.rewardDecimals} symbol={series.rewardSymbol} />
          </TxLink>{" "}
          <small>
            → <Account address={receiver} /> · {t.value.tx.block} <Count value={block} />
          </small>
        </li>
      ))}
    </ul>
  );
}
