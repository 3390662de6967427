// SPDX-License-Identifier: AGPL-3.0-only
import type { ComponentChildren } from "preact";
import type { Address } from "viem";
import type { Session } from "../../chain/session";
import { t } from "../../i18n";
import { AmountForm } from "../../kit/amount_form";
import { exactThs } from "../../kit/form_input";
import { words } from "./texts";

interface PartFormProps {
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

/** A part of what the account has, all of it at most. */
export function PartForm({ product, most, check, outcome, ...form }: PartFormProps) {
  return (
    <AmountForm
      {...form}
      name={`${form.testid} ${product}`}
      hint={words.value.most(exactThs(most))}
      fill={{ text: t.value.forms.transfer.max, amount: most }}
      problemOf={(amount) => problemOf(amount, most) ?? check?.(amount ?? 0n)}
      outcome={(amount) => <p data-testid="outcome">{outcome(amount)}</p>}
    />
  );
}

function problemOf(amount: bigint | undefined, most: bigint): string | undefined {
  if (amount === undefined) return words.value.badAmount;
  if (amount === 0n) return words.value.noAmount;
  return amount > most ? words.value.tooMuch : undefined;
}
