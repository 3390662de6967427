// SPDX-License-Identifier: AGPL-3.0-only
// A day on a phone: what it paid first, and everything else of the table's row below it.

import type { ComponentChildren } from "preact";
import type { LedgerDay } from "../../chain/days";
import type { Series } from "../../chain/series";
import { t } from "../../i18n";
import { dayText, Fact, Money } from "../../kit/numbers";
import { DayStateMark, Delivered, dayHref } from "./day_parts";

export function DayCard({ series, day }: { series: Series; day: LedgerDay }) {
  const text = t.value.table;
  const isKnown = day.finalAt !== 0n || day.state === "settled";
  const isSettled = day.state === "settled";
  const money = (base: bigint) => <Money base={base} decimals={series.rewardDecimals} />;
  const part = (name: string, has: boolean, content: ComponentChildren) =>
    has ? (
      <a class="source" href={dayHref(series, day.day, name)}>
        {content}
      </a>
    ) : (
      "–"
    );
  return (
    <li data-testid="day-row" data-day={day.day.toString()} data-state={day.state}>
      <p class="title-line">
        <a href={dayHref(series, day.day)}>{dayText(day.day)}</a>
        <DayStateMark day={day} />
      </p>
      <p class="net" data-column="net">
        {text.net} {part("net", isKnown, money(day.reward))}
      </p>
      <dl class="facts">
        <Fact name={text.gross}>{part("gross", isKnown, money(day.gross))}</Fact>
        <Fact name={text.electricity}>{part("electricity", isKnown, money(day.power))}</Fact>
        <Fact name={text.fees}>{part("fees", isKnown, money(day.service))}</Fact>
        <Fact name={text.paid}>{part("paid", isSettled, money(day.paid + day.repaid))}</Fact>
        <Fact name={text.owed}>{part("owed", isSettled, money(day.owed))}</Fact>
        <Fact name={`${text.delivered} / ${text.promised}`}>
          {part("delivered", isKnown, <Delivered day={day} />)}
        </Fact>
        <Fact name={text.signed}>{part("signers", isKnown, text.whoSigned)}</Fact>
      </dl>
    </li>
  );
}
