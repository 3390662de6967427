// SPDX-License-Identifier: AGPL-3.0-only
import { expect, test } from "vitest";
import { toCsv } from "../src/model/csv";

test("toCsv__plain_cells__joins_them", () => {
  expect(
    toCsv([
      ["day", "amount"],
      ["2024-10-04", 12n],
    ]),
  ).toBe("\uFEFFday,amount\r\n2024-10-04,12\r\n");
});

test("toCsv__separators_and_quotes__are_quoted", () => {
  expect(toCsv([['a "b", c\nd']])).toBe('\uFEFF"a ""b"", c\nd"\r\n');
});

test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])(
  "toCsv__text_like_a_formula_%j__cannot_run",
  (text) => {
    expect(
      toCsv([[text]])
        .replace('"', "")
        .charAt(1),
    ).toBe("'");
  },
);

test.each([
  ["A;=HYPERLINK(1)", "A;'=HYPERLINK(1)"],
  ["A; =1", "A;' =1"],
  ["A\t@SUM(A1)", "A\t'@SUM(A1)"],
  ["A\n-1", '"A\n\'-1"'],
  ['A;"=1"', 'A;\'""=1""'],
])("toCsv__formula_after_what_may_end_a_cell_%j__cannot_run", (text, expected) => {
  const cell = expected.includes('""') ? `"${expected}"` : expected;

  expect(toCsv([[text]])).toBe(`\uFEFF${cell}\r\n`);
});

test("toCsv__full_width_formula__cannot_run", () => {
  expect(toCsv([["＝1"]])).toBe("\uFEFF'＝1\r\n");
});
