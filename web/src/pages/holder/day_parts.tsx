// SPDX-License-Identifier: AGPL-3.0-only
// What a day's row, its card and its page have in common.

import type { LedgerDay } from "../../chain/days";
import type { Series } from "../../chain/series";
import { t } from "../../i18n";
import { Hashrate, Percent } from "../../kit/numbers";
import { href } from "../../kit/router";
import { bpsOf, DAY_SECONDS } from "../../model/units";

/** Where the numbers of a day are worked out, and its transactions are. */
export function dayHref(series: Series, day: bigint, part?: string): string {
  return href("series", series.address, "day", day, ...(part === undefined ? [] : [part]));
}

/** Hashrate delivered against the hashrate held. */
export function Delivered({ day }: { day: LedgerDay }) {
  const promised = day.heldWork / DAY_SECONDS;
  if (day.isDeemed) {
    return <span>{day.state === "settled" ? t.value.table.deemed : "–"}</span>;
  }
  return (
    <>
      <Hashrate ths={day.deliveredThs} digits={1} /> / <Hashrate ths={promised} digits={1} />
      <small> · </small>
      <Percent bps={bpsOf(day.deliveredThs, promised)} />
    </>
  );
}

/** Where a day is on its way to being paid. */
export function DayStateMark({ day }: { day: LedgerDay }) {
  return <span class={`state ${day.state}`}>{t.value.state[day.state]}</span>;
}
