// SPDX-License-Identifier: AGPL-3.0-only
import { expect, test } from "vitest";
import { deadlineAfter } from "../src/model/deadline";

test("deadlineAfter__node_ahead_of_the_device__does_not_lengthen", () => {
  expect(deadlineAfter(1, 9_000_000, 1_000.5, false)).toBe(87_400n);
});

test("deadlineAfter__practice_chain__follows_its_own_clock", () => {
  expect(deadlineAfter(1, 9_000_000, 1_000, true)).toBe(9_086_400n);
});
