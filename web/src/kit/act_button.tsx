// SPDX-License-Identifier: AGPL-3.0-only
// Buttons that ask the wallet for something: dead while it cannot be asked, or is asked already.

import type { ComponentChildren } from "preact";
import { type Session, session } from "../chain/session";
import { canAct } from "./form_input";

interface SubmitProps {
  readonly isReady?: boolean;
  readonly children: ComponentChildren;
}

/** The button of a form. */
export function SubmitButton({ isReady = true, children }: SubmitProps) {
  return (
    <button type="submit" disabled={!canAct() || !isReady}>
      {children}
    </button>
  );
}

interface ActProps extends SubmitProps {
  readonly class?: string;
  readonly testid?: string;
  readonly work: (session: Session) => Promise<unknown>;
}

/** A button that does something at once. */
export function ActButton({ class: look, testid, isReady = true, work, children }: ActProps) {
  const act = () => {
    if (session.value !== undefined) void work(session.value);
  };
  return (
    <button
      type="button"
      class={look}
      disabled={!canAct() || !isReady}
      onClick={act}
      data-testid={testid}
    >
      {children}
    </button>
  );
}
