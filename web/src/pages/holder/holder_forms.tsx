// SPDX-License-Identifier: AGPL-3.0-only
// What a holder can do besides claiming: payout address, transfer, permit.

import { useSignal } from "@preact/signals";
import type { Abi, Address } from "viem";
import type { Holding } from "../../chain/account";
import { session } from "../../chain/session";
import { distributorAbi, tokenAbi } from "../../generated/abi";
import { t } from "../../i18n";
import { Field } from "../../kit/field";
import { Account } from "../../kit/links";
import { chainLabel } from "../../kit/numbers";
import { perform, send } from "../../wallet/activity";
import { addressOf, amountOf, canAct, plain } from "./form_input";
import { PermitForm } from "./permit_form";

interface FormsProps {
  readonly holding: Holding;
  readonly account: Address;
}

export function HolderForms({ holding, account }: FormsProps) {
  return (
    <details class="after">
      <summary>{t.value.forms.more}</summary>
      <div class="forms">
        <PayoutForm holding={holding} account={account} />
        <TransferForm holding={holding} account={account} />
        <PermitForm holding={holding} account={account} />
      </div>
    </details>
  );
}

function PayoutForm({ holding, account }: FormsProps) {
  const { series, receiver } = holding;
  const text = useSignal("");
  const problem = useSignal<string | undefined>(undefined);
  const set = (to: Address) =>
    perform("payout", async () => {
      if (session.value === undefined) return;
      const abi: Abi = distributorAbi;
      const call = { address: series.address, abi, functionName: "set_payout_address", args: [to] };
      await send(session.value, account, call);
      text.value = "";
    });
  const submit = (event: Event) => {
    event.preventDefault();
    const { address, problem: found } = addressOf(text.value, series);
    problem.value = found;
    if (address !== undefined) void set(address);
  };
  return (
    <form onSubmit={submit} data-testid="payout-form" noValidate>
      <h3>{t.value.forms.payout.title}</h3>
      <p class="hint">{t.value.forms.payout.hint}</p>
      <p>
        {t.value.mine.paidTo}{" "}
        <span data-testid="payout-address" data-address={receiver}>
          <Account address={receiver} />
        </span>
      </p>
      <Field
        label={t.value.forms.payout.field}
        value={text.value}
        problem={problem.value}
        onInput={(value) => {
          text.value = value;
        }}
      />
      <button type="submit" disabled={!canAct()}>
        {t.value.forms.payout.set}
      </button>
      {receiver !== account && (
        <button
          type="button"
          class="secondary outline"
          disabled={!canAct()}
          onClick={() => void set(account)}
        >
          {t.value.forms.payout.reset}
        </button>
      )}
    </form>
  );
}

function TransferForm({ holding, account }: FormsProps) {
  const { series, balance } = holding;
  const to = useSignal("");
  const amount = useSignal("");
  const problems = useSignal<{ to?: string | undefined; amount?: string | undefined }>({});
  const submit = (event: Event) => {
    event.preventDefault();
    const { address, problem } = addressOf(to.value, series);
    const ths = amountOf(amount.value);
    const isFine = ths !== undefined && ths > 0n && ths <= balance;
    problems.value = { to: problem, amount: isFine ? undefined : t.value.forms.badAmount };
    if (address === undefined || !isFine) return;
    void perform("transfer", async () => {
      if (session.value === undefined) return;
      const abi: Abi = tokenAbi;
      const call = { address: series.token, abi, functionName: "transfer", args: [address, ths] };
      await send(session.value, account, call);
      amount.value = "";
    });
  };
  return (
    <form onSubmit={submit} data-testid="transfer-form" noValidate>
      <h3>{t.value.forms.transfer.title}</h3>
      <p class="hint">{t.value.forms.transfer.hint}</p>
      <Field
        label={t.value.forms.transfer.to}
        value={to.value}
        problem={problems.value.to}
        onInput={(value) => {
          to.value = value;
        }}
      />
      <Field
        label={t.value.forms.transfer.amount(chainLabel(series.symbol))}
        value={amount.value}
        problem={problems.value.amount}
        mode="decimal"
        onInput={(value) => {
          amount.value = value;
        }}
      />
      <button type="submit" disabled={!canAct()}>
        {t.value.forms.transfer.send}
      </button>
      <button
        type="button"
        class="secondary outline"
        onClick={() => {
          amount.value = plain(balance);
        }}
      >
        {t.value.forms.transfer.all}
      </button>
    </form>
  );
}
