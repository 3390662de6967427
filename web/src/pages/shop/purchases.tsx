// SPDX-License-Identifier: AGPL-3.0-only
// What the account bought here: what it paid, what was delivered, what it would get back.

import type { Address } from "viem";
import type { Round } from "../../chain/offering";
import { session } from "../../chain/session";
import { canAct, exactThs } from "../../kit/form_input";
import { ChainText, Fact, Hashrate, Money } from "../../kit/numbers";
import { formatExact, min } from "../../model/units";
import { language } from "../../settings/choices";
import { refund } from "../../wallet/buy";
import { shop } from "./texts";

export function Purchases({ rounds, account }: { rounds: readonly Round[]; account: Address }) {
  return (
    <section class="panel">
      <h2>{shop.value.mine}</h2>
      {rounds.map((round) => (
        <Bought key={round.number} round={round} account={account} />
      ))}
    </section>
  );
}

/** What handing back pays [money base units], as the contract rounds it: down, twice. */
function refundOf({ paid, bought, terms, deliveredDays }: Round, ths: bigint): bigint {
  const part = (paid * ths) / bought;
  return (part * (terms.delivery_days - deliveredDays)) / terms.delivery_days;
}

function Bought({ round, account }: { round: Round; account: Address }) {
  const { number, series, money, paid, bought, terms } = round;
  const days = (count: bigint) => formatExact(count, 0, language.value);
  // handed back at once: what the account has, of what it bought
  const ths = min(bought, round.held);
  const back = refundOf(round, ths);
  const handBack = () => {
    const current = session.value;
    const offering = current?.deployment.offering;
    if (current === undefined || offering === undefined) return;
    const wanted = { offering, round: number, token: terms.token, ths, least: back };
    void refund(current, account, wanted);
  };
  return (
    <div data-testid="bought" data-round={number.toString()}>
      <h3>
        <ChainText text={series.name} /> · {shop.value.round(days(number))}
      </h3>
      <dl class="facts wide">
        <Fact name={shop.value.paid}>
          <Money base={paid} decimals={money.decimals} symbol={money.symbol} testid="paid" />
        </Fact>
        <Fact name={shop.value.bought}>
          <Hashrate ths={bought} testid="bought-ths" />
        </Fact>
        <Fact name={shop.value.delivered}>
          {shop.value.deliveredOf(days(round.deliveredDays), days(terms.delivery_days))}
        </Fact>
        <Fact name={shop.value.refundNow}>
          {round.isInDefault ? (
            <Money base={back} decimals={money.decimals} symbol={money.symbol} testid="refund" />
          ) : (
            shop.value.noDefault
          )}
        </Fact>
      </dl>
      {round.isInDefault && back > 0n && (
        <button type="button" disabled={!canAct()} onClick={handBack} data-testid="hand-back">
          {shop.value.handBack(exactThs(ths))}
        </button>
      )}
    </div>
  );
}
