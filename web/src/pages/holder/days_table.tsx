// SPDX-License-Identifier: AGPL-3.0-only
// Each day's ledger, a month at a time: two views a day, whatever the age of the series.

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { type LedgerDay, readLedgerDays } from "../../chain/days";
import type { Series } from "../../chain/series";
import { now, today } from "../../chain/session";
import { t } from "../../i18n";
import { DataTable } from "../../kit/data_table";
import { isNarrow } from "../../kit/narrow";
import { chainLabel, dayText, Money } from "../../kit/numbers";
import { Empty, Ready } from "../../kit/state_boxes";
import { useRead } from "../../kit/use_read";
import { DAY_SECONDS, dateFormat, max, min } from "../../model/units";
import { language } from "../../settings/choices";
import { DayCard } from "./day_card";
import { DayStateMark, Delivered, dayHref } from "./day_parts";

const PAGE_DAYS = 30n;
/** On a phone a day is a card; a week is there at first. */
const FIRST_CARDS = 7;

export function DaysTable({ series }: { series: Series }) {
  const page = useSignal(0n);
  const last = min(today.value, series.progress.end_day);
  const end = max(last - page.value * PAGE_DAYS, series.terms.start_day + 1n);
  const first = max(end - PAGE_DAYS, series.terms.start_day);
  const read = useRead(
    (session) => readLedgerDays(session, series, first, end, BigInt(now.peek())),
    [series.address, page.value],
    page.value === 0n,
  );
  if (last <= series.terms.start_day) return <Empty>{t.value.table.empty}</Empty>;
  return (
    <>
      <Zone />
      <Ready read={read} lines={8}>
        {(days) =>
          isNarrow.value ? (
            <Cards series={series} days={days} />
          ) : (
            <Table series={series} days={days} />
          )
        }
      </Ready>
      <Pager
        first={first}
        end={end}
        hasNewer={page.value > 0n}
        hasOlder={first > series.terms.start_day}
        onTurn={(by) => {
          page.value += by;
        }}
      />
    </>
  );
}

function Cards({ series, days }: { series: Series; days: readonly LedgerDay[] }) {
  const isAll = useSignal(false);
  const shown = isAll.value ? days : days.slice(-FIRST_CARDS);
  return (
    <>
      <ul class="day-cards" aria-label={t.value.table.caption(chainLabel(series.symbol))}>
        {[...shown].reverse().map((day) => (
          <DayCard key={day.day} series={series} day={day} />
        ))}
      </ul>
      {shown.length < days.length && (
        <button
          type="button"
          class="secondary outline"
          onClick={() => {
            isAll.value = true;
          }}
        >
          {t.value.more}
        </button>
      )}
    </>
  );
}

function Table({ series, days }: { series: Series; days: readonly LedgerDay[] }) {
  const text = t.value.table;
  const heads = [text.day, text.state, text.gross, text.electricity, text.fees, text.net].concat([
    text.paid,
    text.owed,
    `${text.delivered} / ${text.promised}`,
    text.signed,
  ]);
  return (
    <DataTable label={text.caption(chainLabel(series.symbol))} heads={heads}>
      {[...days].reverse().map((day) => (
        <Row key={day.day} series={series} day={day} />
      ))}
    </DataTable>
  );
}

function Row({ series, day }: { series: Series; day: LedgerDay }) {
  const to = (part: string, children: ComponentChildren) => (
    <a class="source" href={dayHref(series, day.day, part)}>
      {children}
    </a>
  );
  const amount = (base: bigint) => <Money base={base} decimals={series.rewardDecimals} />;
  const known = day.finalAt !== 0n || day.state === "settled";
  const cell = (part: string, base: bigint, name: string) => (
    <td data-column={name}>{known ? to(part, amount(base)) : "–"}</td>
  );
  return (
    <tr data-testid="day-row" data-day={day.day.toString()} data-state={day.state}>
      <th scope="row">
        <a href={dayHref(series, day.day)}>{dayText(day.day)}</a>
      </th>
      <td>
        <DayStateMark day={day} />
      </td>
      {cell("gross", day.gross, "gross")}
      {cell("electricity", day.power, "electricity")}
      {cell("fees", day.service, "fees")}
      {cell("net", day.reward, "net")}
      <td data-column="paid">
        {day.state === "settled" ? to("paid", amount(day.paid + day.repaid)) : "–"}
      </td>
      <td data-column="owed">{day.state === "settled" ? to("owed", amount(day.owed)) : "–"}</td>
      <td data-column="delivered">{known ? to("delivered", <Delivered day={day} />) : "–"}</td>
      <td>{known ? to("signers", t.value.table.whoSigned) : "–"}</td>
    </tr>
  );
}

/** Days are UTC: where a clock shows another time at their end, it is said. */
function Zone() {
  const midnight = new Date(Number(today.value * DAY_SECONDS) * 1000);
  if (midnight.getHours() === 0 && midnight.getMinutes() === 0) return null;
  const format = dateFormat(language.value, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  return (
    <p class="hint" data-testid="zone">
      {t.value.table.zone(format.format(midnight))}
    </p>
  );
}

interface PagerProps {
  readonly first: bigint;
  readonly end: bigint;
  readonly hasNewer: boolean;
  readonly hasOlder: boolean;
  readonly onTurn: (by: bigint) => void;
}

/** Leaf through a long table. */
export function Pager({ first, end, hasNewer, hasOlder, onTurn }: PagerProps) {
  if (!hasNewer && !hasOlder) return null;
  return (
    <nav class="pager" aria-label={t.value.table.days}>
      <button
        type="button"
        class="secondary outline"
        disabled={!hasNewer}
        onClick={() => onTurn(-1n)}
      >
        {t.value.table.newer}
      </button>
      <span>{t.value.table.page(dayText(first), dayText(end - 1n))}</span>
      <button
        type="button"
        class="secondary outline"
        disabled={!hasOlder}
        onClick={() => onTurn(1n)}
      >
        {t.value.table.older}
      </button>
    </nav>
  );
}
