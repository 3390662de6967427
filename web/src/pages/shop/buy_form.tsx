// SPDX-License-Identifier: AGPL-3.0-only
import type { Address } from "viem";
import type { Round } from "../../chain/offering";
import { now, session } from "../../chain/session";
import { t } from "../../i18n";
import { draftOf } from "../../kit/draft";
import { Field } from "../../kit/field";
import { canAct, exactThs } from "../../kit/form_input";
import { chainLabel, Money } from "../../kit/numbers";
import { deadlineAfter } from "../../model/deadline";
import { hashrateOf } from "../../model/typed";
import { ceilDiv, formatExact, WAD } from "../../model/units";
import { language } from "../../settings/choices";
import { buy } from "../../wallet/buy";
import { account, isViewOnly } from "../../wallet/wallet";
import { shop } from "./texts";

/** What an amount costs, as the contract rounds it: up. */
function costOf(ths: bigint, price: bigint): bigint {
  return ceilDiv(ths * price, WAD);
}

function problemOf(ths: bigint | undefined, cost: bigint, { terms, money }: Round) {
  if (ths === undefined) return t.value.forms.badAmount;
  if (ths === 0n) return t.value.forms.noAmount;
  if (ths > terms.unsold_ths) return shop.value.tooMuch(exactThs(terms.unsold_ths));
  if (account.value === undefined || cost <= money.balance) return undefined;
  return shop.value.tooDear(moneyText(money), chainLabel(money.symbol));
}

function moneyText({ balance, decimals }: Round["money"]): string {
  return formatExact(balance, decimals, language.value);
}

export function BuyForm({ round }: { round: Round }) {
  const { terms, money, price = 0n } = round;
  const text = draftOf(`buy ${round.number}`);
  const ths = hashrateOf(text.value);
  const cost = costOf(ths ?? 0n, price);
  const problem = text.value === "" ? undefined : problemOf(ths, cost, round);
  const isFixed = terms.price_days === 0n && terms.low_price === terms.high_price;
  const submit = async (event: Event) => {
    event.preventDefault();
    const current = session.value;
    const offering = current?.deployment.offering;
    const isReady = current !== undefined && offering !== undefined && account.value !== undefined;
    if (!isReady || ths === undefined || problemOf(ths, cost, round) !== undefined) return;
    const isDone = await buy(current, account.value as Address, {
      ...{ offering, round: round.number, money: money.address, ths, cost },
      deadline: deadlineAfter(1, now.value, Date.now() / 1000, current.deployment.isSimulated),
    });
    if (isDone) text.value = "";
  };
  return (
    <form onSubmit={submit} noValidate data-testid="buy-form">
      <Field
        label={shop.value.amount}
        value={text.value}
        problem={problem}
        mode="decimal"
        hint={
          account.value === undefined
            ? undefined
            : shop.value.have(moneyText(money), chainLabel(money.symbol))
        }
        onInput={(value) => {
          text.value = value;
        }}
      />
      <button
        type="button"
        class="quiet"
        onClick={() => {
          text.value = exactThs(terms.unsold_ths);
        }}
      >
        {shop.value.all}
      </button>
      {ths !== undefined && ths > 0n && (
        <p>
          {isFixed ? shop.value.pay : shop.value.payMost}{" "}
          <strong>
            <Money base={cost} decimals={money.decimals} symbol={money.symbol} testid="cost" />
          </strong>
        </p>
      )}
      <p class="hint">
        {account.value === undefined || isViewOnly.value
          ? shop.value.connect
          : shop.value.signatures}
      </p>
      <button type="submit" disabled={!canAct() || !ths || problem !== undefined}>
        {shop.value.buy}
      </button>
    </form>
  );
}
