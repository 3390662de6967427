// SPDX-License-Identifier: AGPL-3.0-only
// What a part of the page shows while it has nothing to show.

import type { ComponentChildren } from "preact";
import { nodeState, refresh } from "../chain/session";
import { t } from "../i18n";
import type { Read } from "./use_read";

/** Grey lines where numbers will be. */
export function Loading({ lines = 3 }: { lines?: number }) {
  return (
    <div class="skeleton" role="status">
      <span class="visually-hidden">{t.value.loading}</span>
      {Array.from({ length: lines }, (_, i) => (
        <span key={i} class="skeleton-line" />
      ))}
    </div>
  );
}

/** Grey lines, as long as there is something to wait for. */
export function Waiting({ lines }: { lines: number }) {
  if (!isNodeAway()) return <Loading lines={lines} />;
  return <p class="empty">{t.value.node.down}</p>;
}

function isNodeAway(): boolean {
  return nodeState.value === "down" || nodeState.value === "other-chain";
}

/** Nothing is there, and that is fine. */
export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

/** The value of a read, or what stands for it. */
export function Ready<T>({
  read,
  lines,
  children,
}: {
  read: Read<T>;
  lines?: number;
  children: (value: NonNullable<T>) => ComponentChildren;
}) {
  if (read.value !== undefined && read.value !== null) return <>{children(read.value)}</>;
  if (read.error !== undefined || isNodeAway()) {
    return (
      <p class="empty">
        {t.value.node.down}{" "}
        <button type="button" class="quiet" onClick={refresh}>
          {t.value.retry}
        </button>
      </p>
    );
  }
  return <Loading {...(lines !== undefined && { lines })} />;
}
