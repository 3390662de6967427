// SPDX-License-Identifier: AGPL-3.0-only
// Routes live in the fragment, so any file server or IPFS gateway serves them.

import { signal } from "@preact/signals";

/** Parts of `#/a/b/c`. */
export const route = signal<readonly string[]>(parse());

/** Follow the address bar, and move the focus to the new page's heading. */
export function startRouter(): void {
  addEventListener("hashchange", () => {
    route.value = parse();
    scrollTo(0, 0);
    setTimeout(() => document.querySelector<HTMLElement>("main h1")?.focus());
  });
}

/** The address of a page. */
export function href(...parts: readonly (string | bigint)[]): string {
  return `#/${parts.join("/")}`;
}

function parse(): readonly string[] {
  return location.hash.replace(/^#\/?/, "").split("/").filter(Boolean);
}
