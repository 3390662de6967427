// SPDX-License-Identifier: AGPL-3.0-only
import { DAY_SECONDS } from "./units";

/**
 * The deadline [unix s] some days from now. A node tells the chain's time and may lie: where the
 * chain keeps the world's time, one that is ahead of this device does not lengthen a permit.
 */
export function deadlineAfter(
  days: number,
  chainNow: number,
  deviceNow: number,
  isSimulated: boolean,
): bigint {
  const now = isSimulated ? chainNow : Math.min(chainNow, deviceNow);
  return BigInt(Math.floor(now)) + BigInt(days) * DAY_SECONDS;
}
