// SPDX-License-Identifier: AGPL-3.0-only
import { type Address, type Chain, defineChain, getAddress, isAddress } from "viem";

/** Where the contracts are, and how to reach their chain: `deployment.json` beside the page. */
export interface Deployment {
  readonly chain: Chain;
  readonly oracle: Address;
  readonly registry: Address;
  /** The lens, where one is deployed: else its code is sent along with every question. */
  readonly lens: Address | undefined;
  /** Where issuers sell, if this page shows it. */
  readonly offering: Address | undefined;
  /** Factories of strips and notes, and of funds, if this page shows them. */
  readonly tranches: Address | undefined;
  readonly funds: Address | undefined;
  /** Where tokens are traded from wallet to wallet, if this page shows it. */
  readonly spot: SpotPlace | undefined;
  /** Where forwards are traded, if this page shows it. */
  readonly forwards: ForwardsPlace | undefined;
  /** First block that can hold events of the system. */
  readonly fromBlock: bigint;
  /** A practice chain: its coins are worth nothing. */
  readonly isSimulated: boolean;
  /** A currency beside US dollars, at a rate that the host vouches for. */
  readonly currency: HostCurrency | undefined;
}

/** A currency of the host's choice. */
export interface HostCurrency {
  /** ISO 4217 */
  readonly code: string;
  /** [units per USD, 1e6] */
  readonly perUsdE6: bigint;
  /** The date that the rate is of, as the host writes it: YYYY-MM-DD. */
  readonly asOf: string;
}

/** A vault, its official book, and relays of the book's orders. */
export interface ForwardsPlace {
  readonly vault: Address;
  readonly book: Address;
  /** One or more; their books are united. */
  readonly relays: readonly string[];
}

/** A spot market, and a relay of its orders. */
export interface SpotPlace {
  readonly market: Address;
  readonly relay: string;
  /** In which prices count beside those that a token's own series names. */
  readonly moneys: readonly Address[];
}

/** `deployment.json` is missing or does not say what it must. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** Fetch and check `deployment.json`. */
export async function loadDeployment(): Promise<Deployment> {
  const response = await fetch("./deployment.json", { cache: "no-cache" }).catch(() => undefined);
  if (response === undefined || !response.ok) {
    throw new ConfigError("deployment.json is not there");
  }
  const document: unknown = await response.json().catch(() => undefined);
  return parseDeployment(document);
}

/** Check the document; `ConfigError` names the first field that is wrong. */
export function parseDeployment(document: unknown): Deployment {
  const fields = object(document, "deployment.json");
  const currency = object(fields["native_currency"], "native_currency");
  const explorer = fields["explorer_url"] ?? null;
  return {
    chain: defineChain({
      id: Number(integer(fields["chain_id"], "chain_id")),
      name: string(fields["chain_name"], "chain_name"),
      nativeCurrency: {
        name: string(currency["name"], "native_currency.name"),
        symbol: string(currency["symbol"], "native_currency.symbol"),
        decimals: Number(currency["decimals"]),
      },
      rpcUrls: { default: { http: [httpUrl(fields["rpc_url"], "rpc_url")] } },
      ...(explorer !== null && {
        blockExplorers: { default: { name: "explorer", url: httpUrl(explorer, "explorer_url") } },
      }),
    }),
    oracle: address(fields["oracle"], "oracle"),
    registry: address(fields["registry"], "registry"),
    lens: optionalAddress(fields, "lens"),
    offering: optionalAddress(fields, "offering"),
    tranches: optionalAddress(fields, "tranches"),
    funds: optionalAddress(fields, "funds"),
    spot: spotPlace(fields["spot"] ?? null),
    forwards: forwardsPlace(fields["forwards"] ?? null),
    fromBlock: integer(fields["from_block"], "from_block"),
    isSimulated: fields["is_simulated"] === true,
    currency: hostCurrency(fields["currency"] ?? null),
  };
}

/** Whether a text is an http(s) URL. */
export function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function spotPlace(document: unknown): SpotPlace | undefined {
  if (document === null) return undefined;
  const fields = object(document, "spot");
  return {
    market: address(fields["market"], "spot.market"),
    relay: httpUrl(fields["relay"], "spot.relay"),
    moneys: [fields["moneys"] ?? []].flat().map((money) => address(money, "spot.moneys")),
  };
}

function forwardsPlace(document: unknown): ForwardsPlace | undefined {
  if (document === null) return undefined;
  const fields = object(document, "forwards");
  return {
    vault: address(fields["vault"], "forwards.vault"),
    book: address(fields["book"], "forwards.book"),
    relays: [fields["relay"]].flat().map((relay) => httpUrl(relay, "forwards.relay")),
  };
}

function hostCurrency(document: unknown): HostCurrency | undefined {
  if (document === null) return undefined;
  const fields = object(document, "currency");
  const code = string(fields["code"], "currency.code");
  if (!/^[A-Z]{3}$/.test(code)) throw new ConfigError("currency.code: not three letters");
  const perUsdE6 = integer(fields["per_usd_e6"], "currency.per_usd_e6");
  const asOf = string(fields["as_of"], "currency.as_of");
  if (!/^\d{4}-\d{2}-\d{2}$/.test(asOf)) throw new ConfigError("currency.as_of: not a date");
  return { code, perUsdE6, asOf };
}

function object(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null) throw new ConfigError(`${name}: not an object`);
  return value as Record<string, unknown>;
}

function string(value: unknown, name: string): string {
  if (typeof value !== "string" || value === "") throw new ConfigError(`${name}: not a text`);
  return value;
}

function integer(value: unknown, name: string): bigint {
  const text = string(value, name);
  if (!/^\d{1,15}$/.test(text)) throw new ConfigError(`${name}: not a whole number in quotes`);
  return BigInt(text);
}

function address(value: unknown, name: string): Address {
  const text = string(value, name);
  if (!isAddress(text)) throw new ConfigError(`${name}: not an address`);
  return getAddress(text);
}

function optionalAddress(fields: Record<string, unknown>, name: string): Address | undefined {
  const value = fields[name] ?? null;
  return value === null ? undefined : address(value, name);
}

function httpUrl(value: unknown, name: string): string {
  const text = string(value, name);
  if (!isHttpUrl(text)) throw new ConfigError(`${name}: not an http(s) URL`);
  return text.replace(/\/$/, "");
}
