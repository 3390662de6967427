// SPDX-License-Identifier: AGPL-3.0-only
import {
  BaseError,
  ContractFunctionRevertedError,
  encodeErrorResult,
  HttpRequestError,
} from "viem";
import { expect, test } from "vitest";
import { distributorAbi } from "../src/generated/abi";
import { reasons, reasonsZhHant } from "../src/generated/reasons";
import { failureOf } from "../src/wallet/failure";

/** What a holder's own calls can be refused with. */
const HOLDERS = Object.keys(reasons).filter((reason) =>
  /^(dist: (nothing to claim|contract claims|receiver cannot|transfer out)|token: [zrb]|meter: |erc20: )/.test(
    reason,
  ),
);

function refused(reason: string): BaseError {
  const data = encodeErrorResult({
    abi: [{ type: "error", name: "Error", inputs: [{ name: "", type: "string" }] }],
    args: [reason],
  });
  const cause = new ContractFunctionRevertedError({
    abi: distributorAbi,
    data,
    functionName: "claim",
  });
  return new BaseError("call failed", { cause });
}

test("reasons__holders_own__are_translated", () => {
  expect(HOLDERS.length).toBeGreaterThan(12);
  expect(HOLDERS.filter((reason) => !(reason in reasonsZhHant))).toEqual([]);
});

test("failureOf__revert_with_reason__returns_the_reason", async () => {
  expect(await failureOf(refused("dist: nothing to claim"))).toEqual({
    kind: "reason",
    reason: "dist: nothing to claim",
  });
});

test("failureOf__reason_in_a_wallets_words__is_found", async () => {
  const error = { code: -32603, message: "execution reverted: erc20: expired deadline" };

  expect(await failureOf(error)).toEqual({ kind: "reason", reason: "erc20: expired deadline" });
});

test.each([
  [{ code: 4001, message: "User rejected the request." }, "rejected"],
  [new BaseError("no", { cause: Object.assign(new Error("no"), { code: 4001 }) }), "rejected"],
  [{ code: -32002, message: "already pending" }, "busy"],
  [new Error("insufficient funds for gas * price + value"), "gas"],
  [new HttpRequestError({ url: "http://127.0.0.1:1" }), "node"],
  [{ code: 4900, message: "disconnected" }, "disconnected"],
  [new Error("execution reverted"), "silent"],
  [new Error("?"), "unknown"],
])("failureOf__%s__is_%s", async (error, kind) => {
  expect((await failureOf(error)).kind).toBe(kind);
});
