// SPDX-License-Identifier: AGPL-3.0-only
// Finding series among many: a text, an order, a part of them.

import { signal } from "@preact/signals";
import type { Address } from "viem";
import type { Series } from "../../chain/series";
import { today } from "../../chain/session";
import { t } from "../../i18n";
import { DraftField } from "../../kit/field";
import { backingBps } from "../../model/figures";

export const ORDERS = ["newest", "issued", "onTime", "backing"] as const;
type Order = (typeof ORDERS)[number];
export const PARTS = ["all", "mine", "running"] as const;
type Part = (typeof PARTS)[number];

const query = signal("");
const order = signal<Order>("newest");
const part = signal<Part>("all");

/** Whether more has to be known of every series than its place in the list. */
export function isFinding(): boolean {
  return query.value.trim() !== "" || order.value !== "newest" || part.value === "running";
}

/** Whether only the account's own are wanted. */
export function isOnlyMine(): boolean {
  return part.value === "mine";
}

/** Those that were asked for, in the order that was; the account's own first. */
export function found(series: readonly Series[], mine: ReadonlySet<Address>): Series[] {
  const words = query.value.trim().toLowerCase().split(/\s+/);
  const wanted = series.filter((each) => {
    const text = `${each.name} ${each.symbol} ${each.site} ${each.address} ${each.issuer}`;
    return words.every((word) => text.toLowerCase().includes(word)) && isInPart(each, mine);
  });
  const rank = (each: Series) => (mine.has(each.address) ? 1n : 0n);
  return wanted.sort((a, b) => {
    const difference = rank(b) - rank(a) || weight(b) - weight(a);
    return difference > 0n ? 1 : difference < 0n ? -1 : 0;
  });
}

function isInPart({ address, progress }: Series, mine: ReadonlySet<Address>): boolean {
  if (part.value === "mine") return mine.has(address);
  return part.value === "all" || (!progress.is_closed && today.value < progress.end_day);
}

/** More comes first; the list itself is from the newest on. */
function weight({ supply, attested, progress, terms }: Series): bigint {
  if (order.value === "issued") return supply;
  if (order.value === "backing") return backingBps(attested, supply) ?? 0n;
  if (order.value === "onTime") {
    const all = progress.next_day - terms.start_day;
    return all <= 0n ? -1n : ((all - progress.shortfalls) * 10_000n) / all;
  }
  return 0n;
}

export function Finder() {
  const text = t.value.find;
  return (
    <search class="finder">
      <DraftField label={text.search} text={query} />
      <label>
        {text.order}
        <select
          value={order.value}
          data-testid="order"
          onChange={({ currentTarget }) => {
            order.value = ORDERS.find((each) => each === currentTarget.value) ?? "newest";
          }}
        >
          {ORDERS.map((each) => (
            <option key={each} value={each}>
              {text.orders[each]}
            </option>
          ))}
        </select>
      </label>
      <label>
        {text.part}
        <select
          value={part.value}
          data-testid="part"
          onChange={({ currentTarget }) => {
            part.value = PARTS.find((each) => each === currentTarget.value) ?? "all";
          }}
        >
          {PARTS.map((each) => (
            <option key={each} value={each}>
              {text.parts[each]}
            </option>
          ))}
        </select>
      </label>
    </search>
  );
}
