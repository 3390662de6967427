// SPDX-License-Identifier: AGPL-3.0-only
// A position and its figures, for the views that show it and for the file.

import type { Address } from "viem";
import type { Forward } from "../../chain/forwards";
import { toCsv } from "../../model/csv";
import type { Profit } from "../../model/profit";
import { percentMore, SAME, type Scenario, valueAt } from "../../model/scenario";
import { isoDate } from "../../model/units";

/** A position with what it is worth [base units]; `undefined` where no price is known. */
export interface Position {
  readonly forward: Forward;
  /** [tick] that the days to come are valued at */
  readonly mark: bigint | undefined;
  readonly profit: Profit | undefined;
}

/** Worth of what is held [base units] in a scenario; `undefined` where no price is known. */
export function worthOf({ forward, mark }: Position, scenario: Scenario): bigint | undefined {
  if (mark === undefined) return undefined;
  const { long, short } = valueAt(forward, mark, scenario);
  return forward.long * long + forward.short * short;
}

/** Positions by the money that they are in. */
export function byMoney(positions: readonly Position[]): Position[][] {
  const groups = new Map<Address, Position[]>();
  for (const position of positions) {
    const { token } = position.forward;
    groups.set(token, [...(groups.get(token) ?? []), position]);
  }
  return [...groups.values()];
}

const MORE_DIFFICULTY = { ...SAME, difficulty: percentMore(1n) };
const DEARER_BITCOIN = { ...SAME, bitcoin: percentMore(1n) };

/** Every figure of a position that adds up. */
export function figuresOf(position: Position) {
  const value = worthOf(position, SAME);
  const less = (scenario: Scenario) => {
    const other = worthOf(position, scenario);
    return other === undefined || value === undefined ? undefined : other - value;
  };
  const { profit, forward } = position;
  const isOver = forward.outcome !== undefined; // then nothing is left to hope for
  return {
    value,
    realised: isOver ? profit?.total : profit?.realised,
    unrealised: isOver ? profit && 0n : profit?.unrealised,
    perDifficulty: less(MORE_DIFFICULTY),
    perPrice: less(DEARER_BITCOIN),
  };
}

export type Figures = ReturnType<typeof figuresOf>;
export const FIGURES: readonly (keyof Figures)[] = [
  ...(["value", "realised", "unrealised", "perDifficulty", "perPrice"] as const),
];

/** Positions as a file. */
export function csvUrl(positions: readonly Position[]): string {
  const rows = positions.map((position) => {
    const { forward, mark, profit } = position;
    const { id, band, long, short } = forward;
    const figures = figuresOf(position);
    return [
      ...[id, isoDate(band.first_day), isoDate(band.end_day - 1n), long, short],
      ...[profit?.entryE3 ?? "", mark ?? ""],
      ...FIGURES.map((name) => figures[name] ?? ""),
      forward.token,
    ];
  });
  const heads = [
    "series",
    "first_day",
    "last_day",
    "long",
    "short",
    "entry_ticks_e3",
    "mark_ticks",
  ];
  const figures = ["value", "realised", "unrealised", "difficulty_1_percent", "bitcoin_1_percent"];
  const table = [[...heads, ...figures, "token"], ...rows];
  return `data:text/csv;charset=utf-8,${encodeURIComponent(toCsv(table))}`;
}
