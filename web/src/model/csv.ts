// SPDX-License-Identifier: AGPL-3.0-only

/** A cell of a CSV table. */
export type Cell = string | bigint;

const LINE_END = "\r\n";
/**
 * Where a spreadsheet would run a text from the chain: it begins like a formula, or a part of it
 * does after what some locales take for the end of a cell.
 */
const FORMULA = /(^|[;|\t\r\n])(?=["'\s]*[=+\-@＝＋－＠])/g;

/** A table as CSV (RFC 4180), for spreadsheets: UTF-8 with a mark, texts that cannot run. */
export function toCsv(rows: readonly (readonly Cell[])[]): string {
  return `\uFEFF${rows.map((row) => row.map(cellText).join(",")).join(LINE_END)}${LINE_END}`;
}

function cellText(cell: Cell): string {
  if (typeof cell === "bigint") return cell.toString();
  const text = cell.replace(FORMULA, "$1'");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
