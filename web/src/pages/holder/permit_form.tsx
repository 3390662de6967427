// SPDX-License-Identifier: AGPL-3.0-only
import { useSignal } from "@preact/signals";
import type { Abi, Address } from "viem";
import type { Holding } from "../../chain/account";
import type { Series } from "../../chain/series";
import { now, type Session, session } from "../../chain/session";
import { tokenAbi } from "../../generated/abi";
import { t } from "../../i18n";
import { ActButton, SubmitButton } from "../../kit/act_button";
import { CopyButton } from "../../kit/copy_button";
import { draftOf } from "../../kit/draft";
import { Field } from "../../kit/field";
import { addressOf } from "../../kit/form_input";
import { chainLabel } from "../../kit/numbers";
import { deadlineAfter } from "../../model/deadline";
import { hashrateOf } from "../../model/typed";
import { perform, send } from "../../wallet/activity";
import { type Permit, signPermit, type Wanted } from "../../wallet/permit";

const MAX_DAYS = 365;

interface Problems {
  readonly spender?: string | undefined;
  readonly amount?: string | undefined;
  readonly days?: string | undefined;
}

interface Typed {
  readonly spender: string;
  readonly amount: string;
  readonly days: string;
}

/** What was typed, as a permit; or what is wrong with it. */
function check(
  typed: Typed,
  series: Series,
  owner: Address,
): { wanted?: Wanted; problems: Problems } {
  const { address, problem } = addressOf(typed.spender, series);
  const value = hashrateOf(typed.amount);
  const days = /^\d{1,3}$/.test(typed.days.trim()) ? Number(typed.days) : 0;
  const isSpan = days >= 1 && days <= MAX_DAYS;
  const problems = {
    spender: problem,
    amount: value === undefined ? t.value.forms.badAmount : undefined,
    days: isSpan ? undefined : t.value.forms.badDays,
  };
  if (address === undefined || value === undefined || !isSpan) return { problems };
  const isSimulated = session.value?.deployment.isSimulated === true;
  const deadline = deadlineAfter(days, now.value, Date.now() / 1000, isSimulated);
  return { wanted: { owner, spender: address, value, deadline }, problems };
}

export function PermitForm({ holding, account }: { holding: Holding; account: Address }) {
  const { series } = holding;
  const spender = draftOf(`permit ${series.token} spender`);
  const amount = draftOf(`permit ${series.token} amount`);
  const days = draftOf(`permit ${series.token} days`, "1");
  const problems = useSignal<Problems>({});
  const permit = useSignal<Permit | undefined>(undefined);
  const submit = (event: Event) => {
    event.preventDefault();
    const typed = { spender: spender.value, amount: amount.value, days: days.value };
    const { wanted, problems: found } = check(typed, series, account);
    problems.value = found;
    if (wanted === undefined) return;
    void perform("permit", async () => {
      if (session.value === undefined) return;
      permit.value = await signPermit(session.value, series.token, wanted);
    });
  };
  const field = (target: typeof spender) => (value: string) => {
    target.value = value;
    permit.value = undefined;
  };
  return (
    <form onSubmit={submit} data-testid="permit-form" noValidate>
      <h3>{t.value.forms.permit.title}</h3>
      <p class="hint">{t.value.forms.permit.hint}</p>
      <Field
        label={t.value.forms.permit.spender}
        of={spender}
        value={spender.value}
        problem={problems.value.spender}
        onInput={field(spender)}
      />
      <Field
        label={t.value.forms.transfer.amount(chainLabel(series.symbol))}
        of={amount}
        value={amount.value}
        problem={problems.value.amount}
        mode="decimal"
        onInput={field(amount)}
      />
      <Field
        label={t.value.forms.permit.days}
        of={days}
        value={days.value}
        problem={problems.value.days}
        mode="numeric"
        onInput={field(days)}
      />
      <SubmitButton>{t.value.forms.permit.sign}</SubmitButton>
      {permit.value !== undefined && (
        <Signed permit={permit.value} token={series.token} account={account} />
      )}
    </form>
  );
}

interface SignedProps {
  readonly permit: Permit;
  readonly token: Address;
  readonly account: Address;
}

/** A signed permit, to hand over or to send. */
function Signed({ permit, token, account }: SignedProps) {
  const text = JSON.stringify({ token, ...permit }, (_, value) =>
    typeof value === "bigint" ? value.toString() : value,
  );
  const submit = (current: Session) => {
    const { owner, spender, value, deadline, v, r, s } = permit;
    const abi: Abi = tokenAbi;
    const args = [owner, spender, value, deadline, v, r, s];
    const request = { address: token, abi, functionName: "permit", args };
    return perform("permit", () => send(current, account, request));
  };
  return (
    <div data-testid="permit-result">
      <h4>{t.value.forms.permit.result}</h4>
      <textarea readOnly rows={5} aria-label={t.value.forms.permit.result} value={text} />
      <CopyButton text={text} label={t.value.copy} />
      <ActButton class="secondary" work={submit}>
        {t.value.forms.permit.submit}
      </ActButton>
    </div>
  );
}
