// SPDX-License-Identifier: AGPL-3.0-only
import type { ComponentChildren } from "preact";
import { t } from "../i18n";

/** A wide table in a box of its own that scrolls sideways. */
export function Scroller({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="scroller" aria-label={`${label}. ${t.value.table.scroll}`} tabIndex={0}>
      {children}
    </section>
  );
}
