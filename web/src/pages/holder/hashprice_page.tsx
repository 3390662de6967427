// SPDX-License-Identifier: AGPL-3.0-only
import { useSignal } from "@preact/signals";
import { type HashpricePoint, readHashprices, readOracle } from "../../chain/oracle";
import { t } from "../../i18n";
import { Chart } from "../../kit/chart";
import { DataTable } from "../../kit/data_table";
import { By } from "../../kit/links";
import { Difficulty, dayText, Sats, Usd } from "../../kit/numbers";
import { Empty, Ready } from "../../kit/state_boxes";
import { useRead } from "../../kit/use_read";
import { formatExact, max } from "../../model/units";
import { language, unit } from "../../settings/choices";

const RANGES = { month: 30n, quarter: 90n, year: 366n, all: undefined } as const;
type Range = keyof typeof RANGES;
/** Points of a chart: what one reads of a screen, and a bound for what is read from the chain. */
export const MAX_POINTS = 366;

export function HashpricePage() {
  const range = useSignal<Range>("quarter");
  const read = useRead(
    async (session) => {
      const oracle = await readOracle(session);
      if (oracle === undefined) return [];
      const days = RANGES[range.value];
      const first =
        days === undefined ? oracle.firstDay : max(oracle.nextDay - days, oracle.firstDay);
      return readHashprices(session, first, oracle.nextDay, oracle.lastFinalDay, MAX_POINTS);
    },
    [range.value],
    range.value !== "all",
  );
  return (
    <>
      <h1 tabIndex={-1}>{t.value.chart.title}</h1>
      <p class="hint">{t.value.chart.hint}</p>
      <fieldset class="ranges">
        <legend class="visually-hidden">{t.value.chart.range}</legend>
        {(Object.keys(RANGES) as Range[]).map((each) => (
          <label key={each}>
            <input
              type="radio"
              name="range"
              value={each}
              checked={range.value === each}
              onChange={() => {
                range.value = each;
              }}
            />
            {t.value.chart.ranges[each]}
          </label>
        ))}
      </fieldset>
      <Ready read={read} lines={10}>
        {(points) =>
          points.length === 0 ? <Empty>{t.value.chart.empty}</Empty> : <Charts points={points} />
        }
      </Ready>
    </>
  );
}

function Charts({ points }: { points: readonly HashpricePoint[] }) {
  const scale = unit.value === "auto" ? "TH" : unit.value;
  const factor = { TH: 1n, PH: 1_000n, EH: 1_000_000n }[scale];
  const step = points.at(-1)?.days ?? 1n;
  const kinds = [
    {
      name: `${t.value.chart.sats} / ${scale}/s`,
      of: (p: HashpricePoint) => p.hashpriceWad * factor,
    },
    { name: `${t.value.chart.usd} / ${scale}/s`, of: (p: HashpricePoint) => p.usdWad * factor },
    { name: t.value.chart.difficulty, of: (p: HashpricePoint) => p.difficultyWad },
  ];
  return (
    <>
      {kinds.map(({ name, of }) => (
        <figure key={name} class="panel chart">
          <figcaption>{name}</figcaption>
          <Chart label={label(name, points)} points={points} amountOf={of} />
        </figure>
      ))}
      <p class="hint">
        {t.value.chart.pending}{" "}
        {step > 1n && t.value.chart.mean(formatExact(step, 0, language.value))}
      </p>
      <details>
        <summary>{t.value.chart.asTable}</summary>
        <PointsTable points={points} factor={factor} />
      </details>
    </>
  );
}

function label(name: string, points: readonly HashpricePoint[]): string {
  const from = points[0];
  const to = points.at(-1);
  if (from === undefined || to === undefined) return name;
  return t.value.chart.label(name, dayText(from.day), dayText(to.day));
}

function PointsTable({ points, factor }: { points: readonly HashpricePoint[]; factor: bigint }) {
  const heads = [
    t.value.table.day,
    t.value.chart.sats,
    t.value.chart.usd,
    t.value.chart.difficulty,
  ].concat([t.value.table.price, t.value.table.state]);
  return (
    <DataTable label={t.value.chart.title} heads={heads}>
      {[...points].reverse().map((point) => (
        <PointRow key={point.day} point={point} factor={factor} />
      ))}
    </DataTable>
  );
}

function PointRow({ point, factor }: { point: HashpricePoint; factor: bigint }) {
  return (
    <tr data-testid="hashprice-row" data-day={point.day.toString()}>
      <th scope="row">{dayText(point.day)}</th>
      <td>
        <By formula="hashprice">
          <Sats wad={point.hashpriceWad * factor} digits={4} />
        </By>
      </td>
      <td>
        <By formula="usd">
          <Usd value={point.usdWad * factor} decimals={18} digits={6} />
        </By>
      </td>
      <td>
        <By formula="difficulty">
          <Difficulty wad={point.difficultyWad} />
        </By>
      </td>
      <td>
        <By formula="price">
          <Usd value={point.btcUsdE8} decimals={8} />
        </By>
      </td>
      <td>
        <By formula="final">{point.isFinal ? t.value.hero.final : t.value.state.window}</By>
      </td>
    </tr>
  );
}
