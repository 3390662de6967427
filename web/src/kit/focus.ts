// SPDX-License-Identifier: AGPL-3.0-only
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** The field that went while somebody typed into it, by what keeps its text; and its caret. */
let left: { readonly of: unknown; readonly start: number; readonly end: number } | undefined;

/**
 * A field that goes and comes again with what is read around it has the focus again, and the caret
 * where it was, unless the focus went elsewhere meanwhile.
 */
export function useKeptFocus(of: unknown): RefObject<HTMLInputElement | null> {
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    const field = input.current;
    if (field === null) return;
    if (left !== undefined && left.of === of && document.activeElement === document.body) {
      const { start, end } = left;
      field.focus({ preventScroll: true });
      field.setSelectionRange(start, end);
    }
    return () => {
      if (document.activeElement !== field) return;
      left = { of, start: field.selectionStart ?? 0, end: field.selectionEnd ?? 0 };
      document.addEventListener("focusin", forget, { once: true });
    };
  }, []);
  return input;
}

function forget(): void {
  left = undefined;
}
