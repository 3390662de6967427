// SPDX-License-Identifier: AGPL-3.0-only

/** Makes equal orders different. */
export function randomSalt(): bigint {
  return crypto.getRandomValues(new BigUint64Array(1))[0] ?? 0n;
}
