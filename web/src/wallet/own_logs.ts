// SPDX-License-Identifier: AGPL-3.0-only
import { type Address, isAddressEqual, type Log } from "viem";

/** What one contract logged: what others log in the same transaction may look the same, and be false. */
export function ownLogs(logs: readonly Log[], contract: Address): Log[] {
  return logs.filter(({ address }) => isAddressEqual(address, contract));
}
