// SPDX-License-Identifier: AGPL-3.0-only
// EIP-2612: an approval by signature.

import { getConnectorClient } from "@wagmi/core";
import { type Address, type Hex, parseSignature } from "viem";
import { signTypedData } from "viem/actions";
import { view } from "../chain/reader";
import type { Session } from "../chain/session";
import { tokenAbi } from "../generated/abi";
import { progress } from "./activity";
import { walletConfig } from "./wallet";

/** What is allowed, to whom, and until when [unix s]. */
export interface Wanted {
  readonly owner: Address;
  readonly spender: Address;
  /** [TH/s, 18 dec] */
  readonly value: bigint;
  readonly deadline: bigint;
}

/** A signed permit, as `permit` of the token takes it. */
export interface Permit extends Wanted {
  readonly nonce: bigint;
  readonly v: bigint;
  readonly r: Hex;
  readonly s: Hex;
}

const TYPES = {
  Permit: [
    { name: "owner", type: "address" },
    { name: "spender", type: "address" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
} as const;

/** Have the wallet sign a permit over the token's own domain (ERC-5267) and present nonce. */
export async function signPermit(
  { reader, deployment }: Session,
  token: Address,
  wanted: Wanted,
): Promise<Permit> {
  const { domain, nonce } = await reader.read({
    domain: view(token, tokenAbi, "eip712Domain", [], 512),
    nonce: view(token, tokenAbi, "nonces", [wanted.owner]),
  });
  if (domain === undefined || nonce === undefined) throw new Error("the token has no permit");
  const chainId = deployment.chain.id;
  const wallet = await getConnectorClient(walletConfig(), { account: wanted.owner, chainId });
  progress({ step: "sign" });
  const signature = await signTypedData(wallet, {
    account: wanted.owner,
    domain: { name: domain[1], version: domain[2], chainId, verifyingContract: token },
    types: TYPES,
    primaryType: "Permit",
    message: { ...wanted, nonce },
  });
  const { r, s, yParity } = parseSignature(signature);
  return { ...wanted, nonce, v: BigInt(yParity + 27), r, s };
}
