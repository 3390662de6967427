// SPDX-License-Identifier: AGPL-3.0-only
// What a holder can do besides claiming: payout address, transfer, permit.

import { useSignal } from "@preact/signals";
import type { Abi, Address } from "viem";
import type { Holding } from "../../chain/account";
import type { Series } from "../../chain/series";
import { type Session, session } from "../../chain/session";
import { distributorAbi, tokenAbi } from "../../generated/abi";
import { t } from "../../i18n";
import { ActButton, SubmitButton } from "../../kit/act_button";
import { Dialog } from "../../kit/dialog";
import { draftOf } from "../../kit/draft";
import { DraftField } from "../../kit/field";
import { addressOf, canAct, exactThs, problemOf } from "../../kit/form_input";
import { Account } from "../../kit/links";
import { ChainText, chainLabel, Fact } from "../../kit/numbers";
import { hashrateOf } from "../../model/typed";
import { perform, send } from "../../wallet/activity";
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
  const text = draftOf(`payout ${series.address}`);
  const problem = useSignal<string | undefined>(undefined);
  const set = (current: Session, to: Address) =>
    perform("payout", async () => {
      const abi: Abi = distributorAbi;
      const call = { address: series.address, abi, functionName: "set_payout_address", args: [to] };
      await send(current, account, call);
      text.value = "";
    });
  const submit = (event: Event) => {
    event.preventDefault();
    const { address, problem: found } = addressOf(text.value, series);
    problem.value = found;
    if (address !== undefined && session.value !== undefined) void set(session.value, address);
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
      <DraftField label={t.value.forms.payout.field} text={text} problem={problem.value} />
      <SubmitButton>{t.value.forms.payout.set}</SubmitButton>
      {receiver !== account && (
        <ActButton class="secondary outline" work={(current) => set(current, account)}>
          {t.value.forms.payout.reset}
        </ActButton>
      )}
    </form>
  );
}

/** What is about to be sent, for the eye to compare before it cannot be taken back. */
interface Draft {
  readonly to: Address;
  readonly ths: bigint;
}

function TransferForm({ holding, account }: FormsProps) {
  const { series, balance } = holding;
  const to = draftOf(`transfer ${series.token} to`);
  const amount = draftOf(`transfer ${series.token} amount`);
  const problems = useSignal<{ to?: string | undefined; amount?: string | undefined }>({});
  const draft = useSignal<Draft | undefined>(undefined);
  const submit = (event: Event) => {
    event.preventDefault();
    const { address, problem } = addressOf(to.value, series);
    const ths = hashrateOf(amount.value);
    const found = problemOf(ths, balance);
    problems.value = { to: problem, amount: found };
    if (address === undefined || ths === undefined || found !== undefined) return;
    draft.value = { to: address, ths };
  };
  const transfer = ({ to: receiver, ths }: Draft) => {
    draft.value = undefined;
    void perform("transfer", async () => {
      if (session.value === undefined) return;
      const abi: Abi = tokenAbi;
      const call = { address: series.token, abi, functionName: "transfer", args: [receiver, ths] };
      await send(session.value, account, call);
      amount.value = "";
    });
  };
  return (
    <form onSubmit={submit} data-testid="transfer-form" noValidate>
      <h3>{t.value.forms.transfer.title}</h3>
      <p class="hint">{t.value.forms.transfer.hint}</p>
      <DraftField label={t.value.forms.transfer.to} text={to} problem={problems.value.to} />
      <DraftField
        label={t.value.forms.transfer.amount(chainLabel(series.symbol))}
        text={amount}
        problem={problems.value.amount}
        hint={t.value.forms.have(exactThs(balance))}
        mode="decimal"
      />
      <button
        type="button"
        class="secondary outline"
        onClick={() => {
          amount.value = exactThs(balance);
        }}
      >
        {t.value.forms.transfer.max}
      </button>
      <SubmitButton>{t.value.forms.transfer.send}</SubmitButton>
      {draft.value !== undefined && (
        <Review
          draft={draft.value}
          series={series}
          onConfirm={transfer}
          onClose={() => {
            draft.value = undefined;
          }}
        />
      )}
    </form>
  );
}

interface ReviewProps {
  readonly draft: Draft;
  readonly series: Series;
  readonly onConfirm: (draft: Draft) => void;
  readonly onClose: () => void;
}

function Review({ draft, series, onConfirm, onClose }: ReviewProps) {
  return (
    <Dialog title={t.value.forms.transfer.review} onClose={onClose}>
      <dl class="review">
        <Fact name={t.value.forms.transfer.title}>
          <strong data-testid="review-amount">{exactThs(draft.ths)} TH/s</strong>{" "}
          <ChainText text={series.symbol} />
        </Fact>
        <Fact name={t.value.forms.transfer.to}>
          <code class="whole-address" data-testid="review-to">
            {draft.to}
          </code>
        </Fact>
      </dl>
      <p>{t.value.forms.transfer.warning}</p>
      <p class="actions">
        <button type="button" class="secondary outline" onClick={onClose}>
          {t.value.forms.transfer.goBack}
        </button>
        <button
          type="button"
          data-testid="review-confirm"
          disabled={!canAct()}
          onClick={() => onConfirm(draft)}
        >
          {t.value.forms.transfer.confirm}
        </button>
      </p>
    </Dialog>
  );
}
