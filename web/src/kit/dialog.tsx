// SPDX-License-Identifier: AGPL-3.0-only
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n";

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** A modal dialog; the browser keeps the focus inside and gives it back. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    element.current?.showModal();
  }, []);
  return (
    <dialog ref={element} aria-labelledby="dialog-title" onClose={onClose}>
      <article>
        <header>
          <h2 id="dialog-title">{title}</h2>
          <button
            type="button"
            class="quiet close"
            aria-label={t.value.close}
            onClick={() => element.current?.close()}
          >
            ×
          </button>
        </header>
        {children}
      </article>
    </dialog>
  );
}
