// SPDX-License-Identifier: AGPL-3.0-only
import type { Round } from "../../chain/offering";
import { now } from "../../chain/session";
import { t } from "../../i18n";
import { AmountForm } from "../../kit/amount_form";
import { exactThs } from "../../kit/form_input";
import { chainLabel, Money } from "../../kit/numbers";
import { deadlineAfter } from "../../model/deadline";
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
  const isFixed = terms.price_days === 0n && terms.low_price === terms.high_price;
  return (
    <AmountForm
      testid="buy-form"
      name={`buy ${round.number}`}
      label={shop.value.amount}
      button={shop.value.buy}
      hint={
        account.value === undefined
          ? undefined
          : shop.value.have(moneyText(money), chainLabel(money.symbol))
      }
      fill={{ text: shop.value.all, amount: terms.unsold_ths }}
      problemOf={(ths) => problemOf(ths, costOf(ths ?? 0n, price), round)}
      outcome={(ths) => (
        <p>
          {isFixed ? shop.value.pay : shop.value.payMost}{" "}
          <strong>
            <Money
              base={costOf(ths, price)}
              decimals={money.decimals}
              symbol={money.symbol}
              testid="cost"
            />
          </strong>
        </p>
      )}
      onSend={async (current, holder, ths) => {
        const { offering, isSimulated } = current.deployment;
        if (offering === undefined) return false;
        return buy(current, holder, {
          ...{ offering, round: round.number, money: money.address, ths },
          cost: costOf(ths, price),
          deadline: deadlineAfter(1, now.value, Date.now() / 1000, isSimulated),
        });
      }}
    >
      <p class="hint">
        {account.value === undefined || isViewOnly.value
          ? shop.value.connect
          : shop.value.signatures}
      </p>
    </AmountForm>
  );
}
