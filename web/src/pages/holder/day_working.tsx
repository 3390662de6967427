// SPDX-License-Identifier: AGPL-3.0-only
// The ledger of one day, line by line, each with its formula and the numbers that went into it.

import type { ComponentChildren } from "preact";
import type { LedgerDay } from "../../chain/days";
import type { Series } from "../../chain/series";
import { t } from "../../i18n";
import type { FormulaId } from "../../i18n/formula_list";
import { By } from "../../kit/links";
import { Money, Work } from "../../kit/numbers";
import { Scroller } from "../../kit/scroller";
import { formatExact } from "../../model/units";
import { language } from "../../settings/choices";
import { Delivered } from "./day_parts";
import { FORMULAS } from "./formula_texts";

interface Line {
  readonly part: string;
  readonly name: string;
  readonly formula: FormulaId;
  readonly value: ComponentChildren;
}

export function DayWorking({ series, day }: { series: Series; day: LedgerDay }) {
  return (
    <section class="panel" aria-labelledby="working-title">
      <h2 id="working-title">{t.value.day.working}</h2>
      <Scroller label={t.value.day.working}>
        <table>
          <tbody>
            {linesOf(series, day).map(({ part, name, formula, value }) => (
              <tr key={part} id={`part-${part}`} tabIndex={-1} data-testid={`day-${part}`}>
                <th scope="row">{name}</th>
                <td>{value}</td>
                <td class="working">
                  <By formula={formula}>
                    <code>{FORMULAS[formula].expression}</code>
                  </By>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
      <Inputs series={series} />
    </section>
  );
}

function linesOf(series: Series, day: LedgerDay): Line[] {
  const money = { decimals: series.rewardDecimals, symbol: series.rewardSymbol };
  const text = t.value.table;
  const line = (part: string, name: string, formula: FormulaId, value: ComponentChildren) => ({
    part,
    name,
    formula,
    value,
  });
  const lines = [
    line("held", t.value.day.held, "held-work", <Work work={day.heldWork} />),
    line("delivered", text.delivered, "delivered-work", <Delivered day={day} />),
    line("paid-work", t.value.day.paidWork, "paid-work", <Work work={day.paidWork} />),
    line("gross", text.gross, "gross", <Money base={day.gross} {...money} />),
    line("electricity", text.electricity, "electricity", <Money base={day.power} {...money} />),
    line("fees", text.fees, "fees", <Money base={day.service} {...money} />),
    line("net", text.net, "net", <Money base={day.reward} {...money} />),
  ];
  if (day.state !== "settled") return lines;
  return [
    ...lines,
    line("paid", text.paid, "paid", <Money base={day.paid + day.repaid} {...money} />),
    line("owed", text.owed, "owed", <Money base={day.owed} {...money} />),
  ];
}

/** The terms that the formulas name. */
function Inputs({ series: { terms, basePerSat } }: { series: Series }) {
  const exact = (value: bigint, decimals: number) => formatExact(value, decimals, language.value);
  return (
    <p class="hint">
      <code>
        f = {exact(terms.pool_fee_bps, 2)} %, G = {exact(terms.guaranteed_uptime_bps, 2)} %, J ={" "}
        {exact(terms.efficiency_mj_per_th, 3)} J/TH, kwh = ${exact(terms.power_price_usd_e6, 6)},
        service = {exact(terms.service_fee_wad, 18)} sat, BASE = {basePerSat.toString()}
      </code>
    </p>
  );
}
