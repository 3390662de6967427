// SPDX-License-Identifier: AGPL-3.0-only
// One line over time, drawn by Observable Plot, which is loaded when the first chart is.

import { useEffect, useRef, useState } from "preact/hooks";
import type { HashpricePoint } from "../chain/oracle";
import { DAY_SECONDS, dateFormat } from "../model/units";
import { language, theme } from "../settings/choices";
import { Loading } from "./state_boxes";

interface ChartProps {
  readonly label: string;
  readonly points: readonly HashpricePoint[];
  /** [1e18] */
  readonly amountOf: (point: HashpricePoint) => bigint;
}

/** Pixels only: the exact numbers are in the table beside it. */
interface Dot {
  readonly date: Date;
  readonly value: number;
  readonly isFinal: boolean;
}

const HEIGHT = 220;
/** [ms] from which dates need a year */
const LONG_MS = 300 * 86_400_000;

export function Chart({ label, points, amountOf }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [isDrawn, setDrawn] = useState(false);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) =>
      setWidth(Math.floor(entry?.contentRect.width ?? 0)),
    );
    if (box.current !== null) observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (width === 0) return;
    let isWanted = true;
    const dots = points.map((point) => ({
      date: new Date(Number(point.day * DAY_SECONDS) * 1000),
      value: Number(amountOf(point) / 10n ** 6n) / 1e12,
      isFinal: point.isFinal,
    }));
    void draw(dots, width).then((svg) => {
      if (!isWanted) return;
      svg.setAttribute("aria-hidden", "true");
      box.current?.replaceChildren(svg);
      setDrawn(true);
    });
    return () => {
      isWanted = false;
    };
  }, [points, label, width, language.value, theme.value]);
  return (
    <>
      {!isDrawn && <Loading lines={4} />}
      {/* one picture with one label; the numbers are in the table */}
      <div class="plot" role="img" aria-label={label}>
        <div ref={box} aria-hidden="true" />
      </div>
    </>
  );
}

async function draw(dots: Dot[], width: number): Promise<Element> {
  const Plot = await import("@observablehq/plot");
  const newestFinal = dots.findLastIndex(({ isFinal }) => isFinal);
  const number = new Intl.NumberFormat(language.value, {
    notation: "compact",
    maximumFractionDigits: 3,
  });
  const tick = tickOf(dots);
  const axis = { x: "date", y: "value" };
  const colour = "var(--series-1)";
  return Plot.plot({
    className: "hashprice-plot",
    width,
    height: HEIGHT,
    marginLeft: 56,
    style: { background: "transparent", fontSize: "12px" },
    x: { type: "utc", label: null, ticks: Math.max(2, Math.floor(width / 130)), tickFormat: tick },
    y: { label: null, grid: true, ticks: 4, tickFormat: (value: number) => number.format(value) },
    marks: [
      Plot.lineY(dots.slice(Math.max(newestFinal, 0)), {
        ...axis,
        stroke: "var(--series-2)",
        strokeWidth: 2,
      }),
      Plot.lineY(dots.slice(0, newestFinal + 1), { ...axis, stroke: colour, strokeWidth: 2 }),
      Plot.ruleX(dots, Plot.pointerX({ x: "date", stroke: "currentColor", strokeOpacity: 0.3 })),
      Plot.dot(dots, Plot.pointerX({ ...axis, fill: colour, r: 4 })),
      Plot.text(
        dots,
        Plot.pointerX({
          px: "date",
          py: "value",
          frameAnchor: "top-right",
          dy: -8,
          text: (dot: Dot) => `${tick(dot.date)}  ${number.format(dot.value)}`,
        }),
      ),
    ],
  });
}

/** 10 Jul, or with its year: 7/10 or 2028/7/10 as one writes it in Taiwan. */
function tickOf(dots: readonly Dot[]): (date: Date) => string {
  const first = dots[0]?.date.getTime() ?? 0;
  const isLong = (dots.at(-1)?.date.getTime() ?? 0) - first > LONG_MS;
  const isChinese = language.value === "zh-Hant";
  const format = dateFormat(language.value, {
    day: "numeric",
    month: isChinese ? "numeric" : "short",
    ...(isLong && { year: isChinese ? "numeric" : "2-digit" }),
    timeZone: "UTC",
  });
  return (date) => format.format(date);
}
