// SPDX-License-Identifier: AGPL-3.0-only
import { useSignal } from "@preact/signals";
import { t } from "../i18n";

/** Copies a text, and says so. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const isCopied = useSignal(false);
  return (
    <button
      type="button"
      class="secondary outline"
      onClick={async () => {
        await navigator.clipboard.writeText(text);
        isCopied.value = true;
      }}
    >
      <span aria-live="polite">{isCopied.value ? t.value.copied : label}</span>
    </button>
  );
}
