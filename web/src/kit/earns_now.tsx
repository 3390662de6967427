// SPDX-License-Identifier: AGPL-3.0-only
// The first number of a series: what a TH/s of it earns a day, after costs, and where the rest goes.

import type { Series } from "../chain/series";
import { t } from "../i18n";
import type { MeanDay } from "../model/figures";
import { formatExact } from "../model/units";
import { language } from "../settings/choices";
import { Bar } from "./bar";
import { means } from "./chain_data";
import { By } from "./links";
import { Sats, Usd } from "./numbers";

export function EarnsNow({ series }: { series: Series }) {
  const mean = means.value.get(series.address);
  const isUnsettled = series.progress.next_day <= series.terms.start_day;
  if (mean === undefined && !isUnsettled) return <div class="earns" aria-busy="true" />;
  return (
    <div class="earns">
      <p class="label">{t.value.series.net}</p>
      {mean === undefined ? <p class="hint">{t.value.series.netNone}</p> : <Mean mean={mean} />}
    </div>
  );
}

function Mean({ mean }: { mean: MeanDay }) {
  return (
    <>
      <p class="first">
        <By formula="net-mean">
          <Sats wad={mean.net} testid="net-now" />
        </By>
        <span class="beside">
          {"≈ "}
          <By formula="net-mean">
            <Usd value={mean.netUsd} decimals={18} digits={4} />
          </By>
        </span>
      </p>
      <p class="hint">
        {t.value.series.netMean(formatExact(BigInt(mean.days), 0, language.value))}
      </p>
      <Split mean={mean} />
      {mean.isOverrun && <p class="overrun">{t.value.series.overrun}</p>}
    </>
  );
}

/** Gross, and what is taken from it. */
function Split({ mean }: { mean: MeanDay }) {
  const parts = [
    { kind: "net", name: t.value.table.net, amount: mean.net, by: "net-mean" },
    { kind: "power", name: t.value.table.electricity, amount: mean.power, by: "electricity" },
    { kind: "service", name: t.value.table.fees, amount: mean.service, by: "fees" },
  ] as const;
  return (
    <figure class="split">
      <figcaption class="visually-hidden">{t.value.series.split}</figcaption>
      <Bar parts={parts} whole={mean.gross} />
      <ul>
        <li>
          {t.value.table.gross}{" "}
          <By formula="gross">
            <Sats wad={mean.gross} />
          </By>
        </li>
        {parts.map(({ kind, name, amount, by }) => (
          <li key={kind} class={kind}>
            {kind !== "net" && "− "}
            {name}{" "}
            <By formula={by}>
              <Sats wad={amount} />
            </By>
          </li>
        ))}
      </ul>
    </figure>
  );
}
