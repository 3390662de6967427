// SPDX-License-Identifier: AGPL-3.0-only
// Long work in short turns, so that the page is drawn and answers in between.

/** [ms] of a turn: a frame has 16, and most of it belongs to others */
const TURN_MS = 5;

interface Turns {
  readonly scheduler?: { readonly yield?: () => Promise<void> };
}

function nextTurn(): Promise<void> {
  const { scheduler } = globalThis as Turns;
  return scheduler?.yield?.() ?? new Promise((resolve) => setTimeout(resolve));
}

/** What is to be awaited between the parts of long work: it waits once a turn has been long enough. */
export function breather(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < TURN_MS) return;
    await nextTurn();
    since = performance.now();
  };
}
