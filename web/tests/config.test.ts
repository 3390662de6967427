// SPDX-License-Identifier: AGPL-3.0-only
import { expect, test } from "vitest";
import { ConfigError, isHttpUrl, parseDeployment } from "../src/settings/deployment";

const DOCUMENT = {
  chain_id: "31337",
  chain_name: "Local devnet",
  rpc_url: "http://127.0.0.1:8545",
  explorer_url: null,
  native_currency: { name: "Ether", symbol: "ETH", decimals: 18 },
  oracle: "0x5FbDB2315678afecb367f032d93F642f64180aa3",
  registry: "0x5fbdb2315678afecb367f032d93f642f64180aa3",
  from_block: "0",
  is_simulated: true,
};

test("parseDeployment__whole_document__is_understood", () => {
  const deployment = parseDeployment(DOCUMENT);

  expect(deployment.chain.id).toBe(31337);
  expect(deployment.chain.blockExplorers).toBeUndefined();
  expect(deployment.registry).toBe(DOCUMENT.oracle);
  expect(deployment.lens).toBeUndefined();
  expect(deployment.isSimulated).toBe(true);
});

test("parseDeployment__lens__is_one_or_none", () => {
  expect(parseDeployment({ ...DOCUMENT, lens: DOCUMENT.registry }).lens).toBe(DOCUMENT.oracle);
  expect(parseDeployment({ ...DOCUMENT, lens: null }).lens).toBeUndefined();
});

test.each(["offering", "tranches", "funds"] as const)(
  "parseDeployment__%s__is_optional",
  (name) => {
    expect(parseDeployment(DOCUMENT)[name]).toBeUndefined();
    expect(parseDeployment({ ...DOCUMENT, [name]: DOCUMENT.registry })[name]).toBe(DOCUMENT.oracle);
    expect(() => parseDeployment({ ...DOCUMENT, [name]: "0x1" })).toThrow(
      `${name}: not an address`,
    );
  },
);

test("parseDeployment__spot__is_a_market_and_a_relay_or_none", () => {
  const spot = { market: DOCUMENT.registry, relay: "https://relay.example/" };
  expect(parseDeployment(DOCUMENT).spot).toBeUndefined();
  const read = { market: DOCUMENT.oracle, relay: "https://relay.example", moneys: [] };
  expect(parseDeployment({ ...DOCUMENT, spot }).spot).toEqual(read);
  const named = { ...spot, moneys: [DOCUMENT.registry] };
  expect(parseDeployment({ ...DOCUMENT, spot: named }).spot?.moneys).toEqual([DOCUMENT.oracle]);
  const odds = [{ ...spot, relay: "file:///x" }, { ...spot, market: "" }, "spot"];
  for (const odd of [...odds, { ...spot, moneys: ["0x1"] }]) {
    expect(() => parseDeployment({ ...DOCUMENT, spot: odd })).toThrow(ConfigError);
  }
});

test.each([
  ["chain_id", 31337],
  ["chain_name", ""],
  ["rpc_url", "javascript:alert(1)"],
  ["explorer_url", "data:text/html,x"],
  ["native_currency", null],
  ["oracle", "0x5FbDB2315678afecb367f032d93F642f64180aA3"],
  ["registry", undefined],
  ["lens", ""],
  ["from_block", "-1"],
])("parseDeployment__bad_%s__is_refused", (name, value) => {
  expect(() => parseDeployment({ ...DOCUMENT, [name]: value })).toThrow(ConfigError);
});

test.each([
  ["https://node.example", true],
  ["http://127.0.0.1:8545", true],
  ["ftp://node.example", false],
  ["node.example", false],
])("isHttpUrl__%s__returns_%s", (text, expected) => {
  expect(isHttpUrl(text)).toBe(expected);
});
