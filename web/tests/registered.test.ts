// SPDX-License-Identifier: AGPL-3.0-only
import { expect, test } from "vitest";
import { isRegistered } from "../src/model/registered";

const EMPTY = `0x${"00".repeat(32)}` as const;
const FLEET = `0x${"ab".repeat(32)}` as const;
const OTHER = `0x${"cd".repeat(32)}` as const;

test("isRegistered__fleet_of_the_registry__is_one", () => {
  expect(isRegistered(FLEET, { fleet_id: FLEET })).toBe(true);
});

test.each([
  ["stranger_that_names_no_fleet", EMPTY, EMPTY],
  ["stranger_that_names_a_fleet", EMPTY, FLEET],
  ["other_fleet", FLEET, OTHER],
  ["silent_registry", undefined, FLEET],
] as const)("isRegistered__%s__is_none", (_, fleet, fleet_id) => {
  expect(isRegistered(fleet, { fleet_id })).toBe(false);
});
