// SPDX-License-Identifier: AGPL-3.0-only
import { describe, expect, test } from "vitest";
import { hashrateOf } from "../src/model/typed";
import { WAD } from "../src/model/units";

describe("hashrateOf", () => {
  test.each([
    ["0", 0n],
    ["1000", 1_000n * WAD],
    ["1,000", 1_000n * WAD],
    [" 10,000.5 ", 10_000n * WAD + WAD / 2n],
    ["0.000000000000000001", 1n],
    ["58.765 PH/s", 58_765n * WAD],
    ["58.765 ph", 58_765n * WAD],
    ["1.000000000000000000001PH/s", 1_000n * WAD + 1n],
    ["2 EH/s", 2_000_000n * WAD],
    ["7 TH/s", 7n * WAD],
  ])("%s", (text, ths) => expect(hashrateOf(text)).toBe(ths));

  test.each([
    "",
    ".",
    "1.",
    ".5",
    "-1",
    "1e3",
    "1,5",
    "1,00",
    "1000,000",
    "1 GH/s",
    "1.0000000000000000001",
  ])("%s is none", (text) => expect(hashrateOf(text)).toBeUndefined());
});
