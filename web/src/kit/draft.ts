// SPDX-License-Identifier: AGPL-3.0-only
import { type Signal, signal } from "@preact/signals";

const drafts = new Map<string, Signal<string>>();

/**
 * What is typed into a field, by the field's name. A form goes and comes again with what is read
 * around it, as when a wallet connects; what somebody typed stays until the tab is closed.
 */
export function draftOf(name: string, initial = ""): Signal<string> {
  const known = drafts.get(name);
  if (known !== undefined) return known;
  const made = signal(initial);
  drafts.set(name, made);
  return made;
}
