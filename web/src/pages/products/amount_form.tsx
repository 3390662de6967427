// SPDX-License-Identifier: AGPL-3.0-only
import type { ComponentChildren } from "preact";
import { type Address, parseUnits } from "viem";
import { type Session, session } from "../../chain/session";
import { t } from "../../i18n";
import { draftOf } from "../../kit/draft";
import { Field } from "../../kit/field";
import { canAct, exactThs } from "../../kit/form_input";
import { hashrateOf } from "../../model/typed";
import { account } from "../../wallet/wallet";
import { words } from "./texts";

const SHARES = /^\d{1,12}(\.\d{1,18})?$/;

/** Shares [18 dec] as typed, exact; else `undefined`. */
export function sharesOf(text: string): bigint | undefined {
  return SHARES.test(text.trim()) ? parseUnits(text.trim(), 18) : undefined;
}

interface AmountFormProps {
  readonly testid: string;
  /** What it is done with. */
  readonly product: Address;
  readonly label: string;
  readonly button: string;
  /** Of 18 decimals: what can be used at most. */
  readonly most: bigint;
  readonly read?: (text: string) => bigint | undefined;
  /** What else is wrong with an amount, if anything is. */
  readonly check?: (amount: bigint) => string | undefined;
  /** What the amount comes to, in words, before the button. */
  readonly outcome: (amount: bigint) => ComponentChildren;
  /** Whether it was done. */
  readonly onSend: (session: Session, account: Address, amount: bigint) => Promise<boolean>;
}

/** One amount, what it comes to, and the button. */
export function AmountForm(props: AmountFormProps) {
  const { testid, product, label, button, most, read = hashrateOf, check, outcome, onSend } = props;
  const text = draftOf(`${testid} ${product}`);
  const amount = read(text.value);
  const problem =
    text.value === "" ? undefined : (problemOf(amount, most) ?? check?.(amount ?? 0n));
  const isReady = amount !== undefined && problem === undefined && text.value !== "";
  const submit = async (event: Event) => {
    event.preventDefault();
    const current = session.value;
    const holder = account.value;
    if (!isReady || current === undefined || holder === undefined) return;
    if (await onSend(current, holder, amount)) text.value = "";
  };
  return (
    <form onSubmit={submit} noValidate data-testid={testid}>
      <Field
        label={label}
        value={text.value}
        problem={problem}
        hint={words.value.most(exactThs(most))}
        mode="decimal"
        onInput={(value) => {
          text.value = value;
        }}
      />
      <button
        type="button"
        class="quiet"
        onClick={() => {
          text.value = exactThs(most).replaceAll(",", "");
        }}
      >
        {t.value.forms.transfer.max}
      </button>
      {isReady && <p data-testid="outcome">{outcome(amount)}</p>}
      <button type="submit" disabled={!canAct() || !isReady}>
        {button}
      </button>
    </form>
  );
}

function problemOf(amount: bigint | undefined, most: bigint): string | undefined {
  if (amount === undefined) return words.value.badAmount;
  if (amount === 0n) return words.value.noAmount;
  return amount > most ? words.value.tooMuch : undefined;
}
