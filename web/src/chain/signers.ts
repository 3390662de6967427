// SPDX-License-Identifier: AGPL-3.0-only
// Who signed a report: the signatures are in the transaction that posted it, and give their signers
// back. Checked here, not believed: a signature counts if its signer was made a reporter.

import {
  type Abi,
  type Address,
  decodeFunctionData,
  type Hex,
  recoverTypedDataAddress,
  serializeSignature,
  toFunctionSelector,
} from "viem";
import { oracleAbi } from "../generated/abi";
import { searchBack } from "./events";
import { view } from "./reader";
import type { Session } from "./session";

/** One signature of a report. */
export interface Signer {
  readonly address: Address;
  /** [USD per BTC, 1e8] this signer's price; only reports of days have one */
  readonly btcUsdE8: bigint | undefined;
  readonly standing: "reporter" | "former" | "stranger";
}

const DAY_TYPES = {
  DayFacts: ["day", "first_height", "last_height", "subsidy_sats", "fees_sats", "hashprice_wad"]
    .concat("difficulty_wad")
    .map((name) => ({ name, type: "uint256" })),
  DayReport: [
    { name: "facts", type: "DayFacts" },
    { name: "btc_usd_e8", type: "uint256" },
    { name: "revision", type: "uint256" },
    { name: "membership_version", type: "uint256" },
  ],
} as const;
const OUTPUT_TYPES = {
  OutputReport: [
    { name: "series", type: "address" },
    ...["day", "credited_sats", "delivered_ths", "revision", "membership_version"].map((name) => ({
      name,
      type: "uint256",
    })),
  ],
} as const;
const REPORTS = ["report_day", "replace_day", "report_output", "replace_output"];
/** Older memberships that are tried; each costs no request. */
const MAX_VERSIONS = 64n;

interface Signature {
  readonly v: bigint;
  readonly r: bigint;
  readonly s: bigint;
  readonly btc_usd_e8?: bigint;
}

/** A report's call data: what was signed without version, and the signatures. */
interface Report {
  readonly primaryType: "DayReport" | "OutputReport";
  readonly message: Record<string, unknown>;
  readonly signatures: readonly Signature[];
}

/** The signers of the report in a transaction; `undefined` if its calls cannot be read. */
export async function signersOf(
  session: Session,
  input: Hex,
  revision: bigint,
): Promise<Signer[] | undefined> {
  const report = readReport(input);
  if (report === undefined) return undefined;
  const { present, ever, version } = await reportersOf(session);
  let best: Signer[] = [];
  for (let tried = version; tried > 0n && tried > version - MAX_VERSIONS; tried--) {
    const signers = await recover(session, report, revision, tried);
    const known = signers.map(({ address, btcUsdE8 }) => ({
      address,
      btcUsdE8,
      standing: standingOf(address, present, ever),
    }));
    if (known.every(({ standing }) => standing !== "stranger")) return known;
    if (best.length === 0) best = known;
  }
  return best;
}

function standingOf(
  address: Address,
  present: ReadonlySet<Address>,
  ever: ReadonlySet<Address>,
): Signer["standing"] {
  if (present.has(address)) return "reporter";
  return ever.has(address) ? "former" : "stranger";
}

/** Find a report's call in call data: at its start, or inside another contract's call. */
function readReport(input: Hex): Report | undefined {
  for (const name of REPORTS) {
    const entry = oracleAbi.find((each) => each.type === "function" && each.name === name);
    if (entry?.type !== "function") continue;
    const selector = toFunctionSelector(entry).slice(2);
    const at = input.indexOf(selector);
    if (at < 0 || at % 2 !== 0) continue;
    try {
      const abi: Abi = oracleAbi;
      const { args = [] } = decodeFunctionData({ abi, data: `0x${input.slice(at)}` });
      return name.endsWith("day") ? dayReport(args) : outputReport(args);
    } catch {
      // these bytes only looked like the call
    }
  }
  return undefined;
}

function dayReport([facts, signatures]: readonly unknown[]): Report {
  return { primaryType: "DayReport", message: { facts }, signatures: signatures as Signature[] };
}

function outputReport(args: readonly unknown[]): Report {
  const [series, day, credited_sats, delivered_ths, signatures] = args;
  return {
    primaryType: "OutputReport",
    message: { series, day, credited_sats, delivered_ths },
    signatures: signatures as Signature[],
  };
}

async function recover(
  { deployment }: Session,
  { primaryType, message, signatures }: Report,
  revision: bigint,
  version: bigint,
): Promise<{ address: Address; btcUsdE8: bigint | undefined }[]> {
  return Promise.all(
    signatures.map(async ({ v, r, s, btc_usd_e8 }) => ({
      btcUsdE8: btc_usd_e8,
      address: await recoverTypedDataAddress({
        domain: {
          name: "HashpriceOracle",
          version: "1",
          chainId: deployment.chain.id,
          verifyingContract: deployment.oracle,
        },
        types: primaryType === "DayReport" ? DAY_TYPES : OUTPUT_TYPES,
        primaryType,
        message: { ...message, btc_usd_e8, revision, membership_version: version },
        signature: serializeSignature({ r: word(r), s: word(s), v }),
      } as unknown as Parameters<typeof recoverTypedDataAddress>[0]),
    })),
  );
}

function word(value: bigint): Hex {
  return `0x${value.toString(16).padStart(64, "0")}`;
}

async function reportersOf({ client, reader, deployment }: Session): Promise<{
  present: ReadonlySet<Address>;
  ever: ReadonlySet<Address>;
  version: bigint;
}> {
  const { reporters = [], version = 1n } = await reader.read({
    reporters: view(deployment.oracle, oracleAbi, "reporters", [], 32 * 33),
    version: view(deployment.oracle, oracleAbi, "membership_version", []),
  });
  const present = new Set(reporters);
  if (version === 1n) return { present, ever: present, version };
  const event = oracleAbi.find((each) => each.type === "event" && each.name === "ReporterAdded");
  if (event?.type !== "event") return { present, ever: present, version };
  const search = { address: deployment.oracle, event, args: {} };
  const newest = await client.getBlockNumber();
  const { logs } = await searchBack(client, search, deployment.fromBlock, newest);
  const added = logs.map(({ args }) => (args as { reporter: Address }).reporter);
  return { present, ever: new Set([...present, ...added]), version };
}
