// SPDX-License-Identifier: AGPL-3.0-only
// Every day of the oracle, one by one, for what counts on history.

import { type HashpricePoint, readHashprices, readOracle } from "./oracle";
import type { Session } from "./session";

/** [days] of the past that are looked at, the newest: ten years */
const MAX_DAYS = 3_650;

/** Days without a gap, the oldest first. */
export interface Past {
  readonly first: bigint;
  readonly nextDay: bigint;
  readonly days: readonly HashpricePoint[];
}

let kept: { readonly key: string; readonly days: Promise<readonly HashpricePoint[]> } | undefined;

/** Every day that the oracle knows; read again only when there is a new one. */
export async function readPast(session: Session): Promise<Past | undefined> {
  const oracle = await readOracle(session);
  if (oracle === undefined) return undefined;
  const { firstDay, nextDay, lastFinalDay } = oracle;
  const first = nextDay - firstDay > BigInt(MAX_DAYS) ? nextDay - BigInt(MAX_DAYS) : firstDay;
  const key = `${session.deployment.oracle} ${nextDay}`;
  if (kept?.key !== key) {
    const days = readHashprices(session, first, nextDay, lastFinalDay, MAX_DAYS);
    kept = { key, days };
    days.catch(() => {
      kept = undefined;
    });
  }
  return { first, nextDay, days: await kept.days };
}
