// SPDX-License-Identifier: AGPL-3.0-only
import type { Hex } from "viem";

/**
 * Whether the registry knows a contract as a series of the fleet that it names. Of a stranger it
 * says the empty fleet, which a stranger can name just as well.
 */
export function isRegistered(fleet: Hex | undefined, { fleet_id }: { readonly fleet_id: Hex }) {
  return fleet !== undefined && BigInt(fleet) !== 0n && fleet === fleet_id;
}
