// SPDX-License-Identifier: AGPL-3.0-only
// What proof-of-work says of a reported day, where the oracle has a contract of Bitcoin headers.

import { parseAbi, zeroAddress } from "viem";
import { oracleAbi } from "../generated/abi";
import { view } from "./reader";
import { chainKnown, now, type Session } from "./session";

const HEADERS_ABI = parseAbi([
  "struct ProvenDay { bytes32 last_hash; uint256 last_height; uint256 blocks; uint256 bits; uint256 old_blocks; uint256 old_bits; uint256 work; uint256 fee_blocks; uint256 fees_sats; }",
  "function proven_bounds(uint256 day) view returns (uint256, uint256, uint256, uint256)",
  "function proven_day(uint256 day) view returns (ProvenDay)",
]);

/** How a day stands; a contradiction names the fact that is false. */
export interface DayProof {
  readonly state: "proven" | "unproven" | "contradicted";
  readonly areFeesProven: boolean;
  readonly wrong: "height" | "difficulty" | "hashprice" | undefined;
  /** [unix s] when a contradicted day becomes final, if it is not yet */
  readonly waitsUntil: bigint | undefined;
}

/** Hold a reported day against the proof, as the oracle's review does; `undefined` without one. */
export async function readProof(session: Session, day: bigint): Promise<DayProof | undefined> {
  const { reader, deployment } = session;
  const { oracle } = deployment;
  const { headers, record, before } = await reader.read({
    headers: view(oracle, oracleAbi, "BITCOIN_HEADERS", []),
    record: view(oracle, oracleAbi, "day_record", [day]),
    before: view(oracle, oracleAbi, "day_record", [day - 1n]),
  });
  await chainKnown();
  const isReported = record !== undefined && before !== undefined && record.final_at > 0n;
  if (headers === undefined || headers === zeroAddress || !isReported) return undefined;
  const { bounds, proven } = await reader.read({
    bounds: view(headers, HEADERS_ABI, "proven_bounds", [day]),
    proven: view(headers, HEADERS_ABI, "proven_day", [day]),
  });
  const [height = 0n, difficulty = 0n, least = 0n, greatest = 0n] = bounds ?? [];
  const nothing = { areFeesProven: false, wrong: undefined, waitsUntil: undefined };
  if (height === 0n) return { state: "unproven", ...nothing };
  const hashprice = record.hashprice_sum_wad - before.hashprice_sum_wad;
  const wrong =
    (height !== record.last_height && "height") ||
    (difficulty !== record.difficulty_sum_wad - before.difficulty_sum_wad && "difficulty") ||
    ((hashprice < least || hashprice > greatest) && "hashprice") ||
    undefined;
  if (wrong !== undefined) {
    const waitsUntil = record.final_at > BigInt(now.peek()) ? record.final_at : undefined;
    return { state: "contradicted", areFeesProven: false, wrong, waitsUntil };
  }
  const areFeesProven = proven !== undefined && proven.fee_blocks >= proven.blocks;
  return { state: "proven", ...nothing, areFeesProven };
}
