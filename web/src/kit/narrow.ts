// SPDX-License-Identifier: AGPL-3.0-only
import { signal } from "@preact/signals";

const query = matchMedia("(max-width: 40rem)");

/** Whether the window is a phone's: a table becomes a list of cards there. The styles ask the same. */
export const isNarrow = signal(query.matches);
query.addEventListener("change", () => {
  isNarrow.value = query.matches;
});
