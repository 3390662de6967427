// SPDX-License-Identifier: AGPL-3.0-only
import { useSignal } from "@preact/signals";
import type { Abi, Address } from "viem";
import type { Holding } from "../chain/account";
import { tokenAbi } from "../generated/abi";
import { t } from "../i18n";
import { DAY_SECONDS } from "../model/units";
import { now, session } from "../state/session";
import { perform, send } from "../wallet/activity";
import { type Permit, signPermit } from "../wallet/permit";
import { Field } from "./field";
import { addressOf, amountOf, canAct } from "./holder_forms";

const MAX_DAYS = 365;

interface Problems {
  readonly spender?: string | undefined;
  readonly amount?: string | undefined;
  readonly days?: string | undefined;
}

export function PermitForm({ holding, account }: { holding: Holding; account: Address }) {
  const { series } = holding;
  const spender = useSignal("");
  const amount = useSignal("");
  const days = useSignal("1");
  const problems = useSignal<Problems>({});
  const permit = useSignal<Permit | undefined>(undefined);
  const submit = (event: Event) => {
    event.preventDefault();
    const { address, problem } = addressOf(spender.value, series);
    const ths = amountOf(amount.value);
    const valid = /^\d{1,3}$/.test(days.value.trim()) ? Number(days.value) : 0;
    const isSpan = valid >= 1 && valid <= MAX_DAYS;
    problems.value = {
      spender: problem,
      amount: ths === undefined ? t.value.forms.badAmount : undefined,
      days: isSpan ? undefined : t.value.forms.badDays,
    };
    if (address === undefined || ths === undefined || !isSpan) return;
    const deadline = BigInt(now.value) + BigInt(valid) * DAY_SECONDS;
    void perform("permit", async () => {
      if (session.value === undefined) return;
      const wanted = { owner: account, spender: address, value: ths, deadline };
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
        value={spender.value}
        problem={problems.value.spender}
        onInput={field(spender)}
      />
      <Field
        label={t.value.forms.transfer.amount(series.symbol.slice(0, 16))}
        value={amount.value}
        problem={problems.value.amount}
        mode="decimal"
        onInput={field(amount)}
      />
      <Field
        label={t.value.forms.permit.days}
        value={days.value}
        problem={problems.value.days}
        mode="numeric"
        onInput={field(days)}
      />
      <button type="submit" disabled={!canAct()}>
        {t.value.forms.permit.sign}
      </button>
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
  const isCopied = useSignal(false);
  const text = JSON.stringify({ token, ...permit }, (_, value) =>
    typeof value === "bigint" ? value.toString() : value,
  );
  const submit = () =>
    perform("permit", async () => {
      if (session.value === undefined) return;
      const { owner, spender, value, deadline, v, r, s } = permit;
      const abi: Abi = tokenAbi;
      const args = [owner, spender, value, deadline, v, r, s];
      await send(session.value, account, { address: token, abi, functionName: "permit", args });
    });
  return (
    <div data-testid="permit-result">
      <h4>{t.value.forms.permit.result}</h4>
      <textarea readOnly rows={5} aria-label={t.value.forms.permit.result} value={text} />
      <button
        type="button"
        class="secondary outline"
        onClick={() => {
          void navigator.clipboard?.writeText(text).then(() => {
            isCopied.value = true;
          });
        }}
      >
        {isCopied.value ? t.value.copied : t.value.copy}
      </button>
      <button type="button" class="secondary" disabled={!canAct()} onClick={() => void submit()}>
        {t.value.forms.permit.submit}
      </button>
    </div>
  );
}
