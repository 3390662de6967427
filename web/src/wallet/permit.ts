// SPDX-License-Identifier: AGPL-3.0-only
// EIP-2612: an approval by signature.

import { getConnectorClient } from "@wagmi/core";
import {
  type Address,
  domainSeparator,
  erc20Abi,
  type Hex,
  parseAbi,
  parseSignature,
  type TypedDataDomain,
} from "viem";
import { signTypedData } from "viem/actions";
import { view } from "../chain/reader";
import type { Session } from "../chain/session";
import { tokenAbi } from "../generated/abi";
import { progress } from "./activity";
import { canBatch } from "./together";
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

const DOMAIN_ABI = parseAbi([
  "function name() view returns (string)",
  "function version() view returns (string)",
  "function DOMAIN_SEPARATOR() view returns (bytes32)",
]);

/** What a token's permits are signed over. */
export interface PermitTerms {
  readonly domain: TypedDataDomain;
  /** Present nonce of the owner. */
  readonly nonce: bigint;
}

/**
 * What a token's permits are signed over: its own word (ERC-5267), or else the usual domain if its
 * hash is the token's; `undefined` if neither, or if it has no permits.
 */
export async function permitTerms(
  { reader, deployment }: Session,
  token: Address,
  owner: Address,
): Promise<PermitTerms | undefined> {
  const { own, nonce, name, version, separator } = await reader.read({
    own: view(token, tokenAbi, "eip712Domain", [], 512),
    nonce: view(token, tokenAbi, "nonces", [owner]),
    name: view(token, DOMAIN_ABI, "name", []),
    version: view(token, DOMAIN_ABI, "version", []),
    separator: view(token, DOMAIN_ABI, "DOMAIN_SEPARATOR", []),
  });
  if (nonce === undefined) return undefined;
  const usual = { chainId: deployment.chain.id, verifyingContract: token };
  if (own !== undefined) return { nonce, domain: { ...usual, name: own[1], version: own[2] } };
  if (name === undefined || separator === undefined) return undefined;
  const domain = { ...usual, name, version: version ?? "1" };
  return domainSeparator({ domain }) === separator ? { nonce, domain } : undefined;
}

/** A permit as the markets' calls take it. */
export interface MarketPermit {
  readonly token: Address;
  readonly owner: Address;
  readonly value: bigint;
  readonly deadline: bigint;
  readonly v: number;
  readonly r: Hex;
  readonly s: Hex;
}

/**
 * Have a permit signed, to be sent along with a call. `undefined` where none is needed, none would
 * be understood, or the wallet sends approval and call together.
 */
export async function permitFor(
  session: Session,
  token: Address,
  wanted: Wanted,
): Promise<MarketPermit | undefined> {
  const { owner, spender, value, deadline } = wanted;
  const [{ allowed = 0n }, terms, code] = await Promise.all([
    session.reader.read({ allowed: view(token, erc20Abi, "allowance", [owner, spender]) }),
    permitTerms(session, token, owner),
    session.client.getCode({ address: owner }), // a contract's account signs otherwise
  ]);
  const isKnown = terms !== undefined && code === undefined;
  if (!isKnown || allowed >= value || (await canBatch(session, owner))) return undefined;
  const { v, r, s } = await signPermit(session, token, wanted);
  return { token, owner, value, deadline, v: Number(v), r, s };
}

/** Have the wallet sign a permit over the token's own domain and present nonce. */
export async function signPermit(
  session: Session,
  token: Address,
  wanted: Wanted,
): Promise<Permit> {
  const terms = await permitTerms(session, token, wanted.owner);
  if (terms === undefined) throw new Error("the token has no permit");
  const { domain, nonce } = terms;
  const { deployment } = session;
  const chainId = deployment.chain.id;
  const wallet = await getConnectorClient(walletConfig(), { account: wanted.owner, chainId });
  progress({ step: "sign" });
  const signature = await signTypedData(wallet, {
    account: wanted.owner,
    domain,
    types: TYPES,
    primaryType: "Permit",
    message: { ...wanted, nonce },
  });
  const { r, s, yParity } = parseSignature(signature);
  return { ...wanted, nonce, v: BigInt(yParity + 27), r, s };
}
