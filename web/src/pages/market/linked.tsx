// SPDX-License-Identifier: AGPL-3.0-only
// Orders of several contracts, strips and spreads: taken in all of them or not at all.

import type { Forward } from "../../chain/forwards";
import { session } from "../../chain/session";
import { canAct } from "../../kit/form_input";
import type { LiveOrder } from "../../model/book";
import { assessLinked } from "../../model/ticket";
import { max, min } from "../../model/units";
import { takeOrders } from "../../wallet/trade";
import { account } from "../../wallet/wallet";
import type { Book } from "./feed";
import { legText } from "./order_words";
import { market, moneyText, plain } from "./texts";
import { committedOf, neededFor } from "./ticket";
import { Amount } from "./ticket_facts";

interface LinkedProps {
  readonly book: Book;
  readonly forward: Forward;
  readonly forwards: readonly Forward[];
  /** [units] as the ticket has them */
  readonly wanted: bigint;
}

export function Linked({ book, forward, forwards, wanted }: LinkedProps) {
  const orders = book.linked.filter(({ order }) => order.maker !== account.value);
  if (orders.length === 0) return null;
  return (
    <section>
      <h3>{market.value.linked}</h3>
      <p class="hint">{market.value.linkedHint}</p>
      {orders.map((live) => (
        <One key={live.hash} {...{ live, book, forward, forwards, wanted }} />
      ))}
    </section>
  );
}

function One({ live, book, forward, forwards, wanted }: LinkedProps & { live: LiveOrder }) {
  const least = min(live.order.minimum_quantity, live.left);
  const units = max(min(wanted, live.left), least);
  const found = assessLinked(live, units, forwards);
  if (found === undefined) return null;
  const needed = {
    token: forward.token,
    amount: neededFor(found.locked, committedOf(book, forwards, forward)),
  };
  const take = () => {
    const current = session.value;
    if (current === undefined || account.value === undefined) return;
    void takeOrders(current, account.value, [found.terms], needed);
  };
  const texts = market.value.ticket;
  return (
    <div class="holding" data-testid="linked-order">
      <ul>
        {live.legs.map((leg) => (
          <li key={leg.series}>
            {legText({ ...leg, is_buy: !leg.is_buy }, units, undefined, forwards)}
          </li>
        ))}
      </ul>
      <p>
        {texts.takes} <Amount forward={forward} base={found.locked} testid="linked-locked" />
      </p>
      {needed.amount > forward.allowance && (
        <p class="hint">{texts.approves(moneyText(forward, needed.amount))}</p>
      )}
      <button
        type="button"
        disabled={!canAct() || found.locked > forward.balance}
        onClick={take}
        data-testid="take-linked"
      >
        {texts.takeUnits(plain(units), plain(live.left))}
      </button>
    </div>
  );
}
