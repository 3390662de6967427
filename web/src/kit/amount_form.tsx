// SPDX-License-Identifier: AGPL-3.0-only
// One amount, a button that fills it in, what it comes to, and the button that does it.

import type { ComponentChildren } from "preact";
import type { Address } from "viem";
import { type Session, session } from "../chain/session";
import { hashrateOf } from "../model/typed";
import { account } from "../wallet/wallet";
import { SubmitButton } from "./act_button";
import { draftOf } from "./draft";
import { DraftField } from "./field";
import { exactThs } from "./form_input";

interface AmountFormProps {
  readonly testid: string;
  /** Of what is typed: it is kept under this name. */
  readonly name: string;
  readonly label: string;
  readonly button: string;
  readonly hint?: string | undefined;
  /** [18 dec] what a button fills in. */
  readonly fill: { readonly text: string; readonly amount: bigint };
  readonly read?: (text: string) => bigint | undefined;
  /** What is wrong with what is typed, if anything is. */
  readonly problemOf: (amount: bigint | undefined) => string | undefined;
  /** What the amount comes to, before the button. */
  readonly outcome: (amount: bigint) => ComponentChildren;
  /** Whether it was done. */
  readonly onSend: (session: Session, account: Address, amount: bigint) => Promise<boolean>;
  /** More that is asked for. */
  readonly children?: ComponentChildren;
}

export function AmountForm(props: AmountFormProps) {
  const { testid, name, label, button, hint, fill, read = hashrateOf, outcome, onSend } = props;
  const text = draftOf(name);
  const amount = read(text.value);
  const problem = text.value === "" ? undefined : props.problemOf(amount);
  const isReady = amount !== undefined && problem === undefined && text.value !== "";
  const submit = async (event: Event) => {
    event.preventDefault();
    const current = session.value;
    const holder = account.value;
    if (!isReady || current === undefined || holder === undefined) return;
    if (await onSend(current, holder, amount)) text.value = "";
  };
  return (
    <form onSubmit={(event) => void submit(event)} noValidate data-testid={testid}>
      <DraftField label={label} text={text} problem={problem} hint={hint} mode="decimal" />
      <button
        type="button"
        class="quiet"
        onClick={() => {
          text.value = exactThs(fill.amount);
        }}
      >
        {fill.text}
      </button>
      {props.children}
      {isReady && outcome(amount)}
      <SubmitButton isReady={isReady}>{button}</SubmitButton>
    </form>
  );
}
