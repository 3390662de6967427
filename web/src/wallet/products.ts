// SPDX-License-Identifier: AGPL-3.0-only
// What a holder does with strips, notes and funds; approvals are to the unit.

import type { Abi, Address } from "viem";
import type { Fund, Tranches } from "../chain/products";
import type { Session } from "../chain/session";
import {
  fundAbi,
  fundFactoryAbi,
  tranchesAbi,
  tranchesFactoryAbi,
} from "../generated/abi_products";
import { type Act, perform, type Request, send } from "./activity";
import { receivedOfFund, receivedOfTranche, summed } from "./received";
import { spend, type Taken } from "./spend";

function call(address: Address, abi: Abi, functionName: string, args: readonly unknown[]): Request {
  return { address, abi, functionName, args };
}

/** Send a call that takes nothing, or something. */
function act(
  session: Session,
  account: Address,
  name: Act,
  request: Request,
  taken: readonly Taken[] = [],
): Promise<boolean> {
  return perform(name, () => spend(session, account, taken, request));
}

/** Turn tokens of the series into SENIOR and JUNIOR [TH/s, 18 dec]. */
export function split(session: Session, account: Address, product: Tranches, ths: bigint) {
  const request = call(product.address, tranchesAbi as Abi, "split", [ths, account, account]);
  const taken = [{ token: product.series.token, amount: ths }];
  return act(session, account, "split", request, taken);
}

/** Turn SENIOR and JUNIOR back into tokens of the series [TH/s, 18 dec]. */
export function merge(session: Session, account: Address, product: Tranches, ths: bigint) {
  return act(session, account, "merge", call(product.address, tranchesAbi as Abi, "merge", [ths]));
}

/** Turn JUNIOR into tokens of the series [TH/s, 18 dec], for at most a cost [base units]. */
export function redeemJunior(
  session: Session,
  account: Address,
  product: Tranches,
  ths: bigint,
  cost: bigint,
) {
  const request = call(product.address, tranchesAbi as Abi, "redeem_junior", [ths, cost]);
  const taken = cost === 0n ? [] : [{ token: product.series.rewardToken, amount: cost }];
  return act(session, account, "redeem", request, taken);
}

/** Pay another holder's shortfall [base units] for a part of its tokens [TH/s, 18 dec], at least. */
export function buyJunior(
  session: Session,
  account: Address,
  product: Tranches,
  bid: { readonly holder: Address; ths: bigint; least: bigint; cost: bigint },
) {
  const { holder, ths, least, cost } = bid;
  const args = [holder, ths, least];
  const request = call(product.address, tranchesAbi as Abi, "buy_junior", args);
  const taken = [{ token: product.series.rewardToken, amount: cost }];
  return act(session, account, "buy", request, taken);
}

/** Turn SENIOR of an unmet note [TH/s, 18 dec] into its part of the pool. */
export function redeemSenior(session: Session, account: Address, product: Tranches, ths: bigint) {
  const request = call(product.address, tranchesAbi as Abi, "redeem_senior", [ths]);
  return act(session, account, "redeem", request);
}

/** Bring what forfeited tokens earned into the pool. */
export function collectPool(session: Session, account: Address, { address }: Tranches) {
  return act(session, account, "claim", call(address, tranchesAbi as Abi, "collect_pool", []));
}

/** Note the outcome of a note, from which its days of grace count. */
export function noteOutcome(session: Session, account: Address, { address }: Tranches) {
  return act(session, account, "note", call(address, tranchesAbi as Abi, "find_cut", []));
}

/** Fetch cash that could not be delivered. */
export function withdrawCredit(session: Session, account: Address, { address }: Tranches) {
  return act(session, account, "claim", call(address, tranchesAbi as Abi, "withdraw_credit", []));
}

/** The same of a fund, which may pay in several coins. */
export function withdrawFundCredit(
  session: Session,
  account: Address,
  { address }: Fund,
  coin: Address,
) {
  const request = call(address, fundAbi as Abi, "withdraw_credit", [coin]);
  return act(session, account, "claim", request);
}

/** Bring what the tokens that a product has earned into it, for those who claim. */
export function pullTranches(session: Session, account: Address, { address }: Tranches) {
  return act(session, account, "pull", call(address, tranchesAbi as Abi, "pull", []));
}

/** The same of one series of a fund, by its place. */
export function pullFund(session: Session, account: Address, { address }: Fund, place: number) {
  return act(session, account, "pull", call(address, fundAbi as Abi, "pull", [BigInt(place)]));
}

/** What a new strip or note is. */
export interface TrancheTerms {
  readonly distributor: Address;
  readonly start_day: bigint;
  readonly maturity_day: bigint;
  /** [base units per TH/s], or `NO_FACE` for a strip */
  readonly face: bigint;
  readonly grace_days: bigint;
}

export const NO_FACE = 2n ** 256n - 1n;

/** Create a strip or a note. */
export function createTranches(session: Session, account: Address, terms: TrancheTerms) {
  const { tranches } = session.deployment;
  if (tranches === undefined) return Promise.resolve(false);
  const request = call(tranches, tranchesFactoryAbi as Abi, "create", [terms]);
  return act(session, account, "create", request);
}

/** What a new fund is: [whole TH/s] of each series a share. */
export interface FundTerms {
  readonly parts: readonly { readonly distributor: Address; readonly weight: bigint }[];
  readonly name: string;
  readonly symbol: string;
}

/** Create a fund; the factory wants its series ascending. */
export function createFund(session: Session, account: Address, { parts, name, symbol }: FundTerms) {
  const { funds } = session.deployment;
  if (funds === undefined) return Promise.resolve(false);
  const sorted = [...parts].sort((a, b) =>
    BigInt(a.distributor) < BigInt(b.distributor) ? -1 : 1,
  );
  const args = [
    sorted.map(({ distributor }) => distributor),
    sorted.map(({ weight }) => weight),
    ...[name, symbol],
  ];
  return act(session, account, "create", call(funds, fundFactoryAbi as Abi, "create_fund", args));
}

/** Claim what SENIOR or JUNIOR earned. */
export async function claimTranche(
  session: Session,
  account: Address,
  product: Tranches,
  token: Address,
): Promise<void> {
  const request = call(product.address, tranchesAbi as Abi, "claim", [token]);
  await perform(
    "claim",
    () => send(session, account, request),
    (logs) => ({ received: summed(receivedOfTranche(logs, account, product, token)) }),
  );
}

/** Bring the basket for shares [18 dec]. */
export function createShares(session: Session, account: Address, fund: Fund, shares: bigint) {
  const request = call(fund.address, fundAbi as Abi, "create", [shares]);
  const taken = fund.parts.map(({ series, weight }) => ({
    token: series.token,
    amount: weight * shares,
  }));
  return act(session, account, "create", request, taken);
}

/** Turn shares [18 dec] back into the basket. */
export function redeemShares(session: Session, account: Address, fund: Fund, shares: bigint) {
  return act(session, account, "redeem", call(fund.address, fundAbi as Abi, "redeem", [shares]));
}

/** Claim what shares earned, of every series in its coin. */
export async function claimFund(session: Session, account: Address, fund: Fund): Promise<void> {
  const request = call(fund.address, fundAbi as Abi, "claim", []);
  await perform(
    "claim",
    () => send(session, account, request),
    (logs) => ({ received: summed(receivedOfFund(logs, account, fund)) }),
  );
}
