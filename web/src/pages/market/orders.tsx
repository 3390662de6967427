// SPDX-License-Identifier: AGPL-3.0-only
// The account's open orders, and how they are taken back: on the chain, or off the relays.

import { useSignal } from "@preact/signals";
import type { Address } from "viem";
import type { Forward } from "../../chain/forwards";
import type { Session } from "../../chain/session";
import { ActButton } from "../../kit/act_button";
import { Time } from "../../kit/numbers";
import type { LiveOrder } from "../../model/book";
import { cancelAll, cancelOrder, cancelSeries, withdrawOrder } from "../../wallet/trade";
import { useNews, useOwnOrders } from "./feed";
import { legText } from "./order_words";
import { market, plain, windowText } from "./texts";

interface OrdersProps {
  readonly holder: Address;
  readonly forwards: readonly Forward[];
}

export function Orders({ holder, forwards }: OrdersProps) {
  const texts = market.value.mine;
  const orders = useOwnOrders(holder, useNews([])).value ?? [];
  const series = new Set(orders.flatMap(({ legs }) => legs.map((leg) => leg.series)));
  return (
    <section class="panel orders" data-testid="orders">
      <h3>{texts.orders}</h3>
      {orders.length === 0 ? (
        <p class="empty">{texts.noOrders}</p>
      ) : (
        <>
          <ul class="plain">
            {orders.map((live) => (
              <Open key={live.hash} {...{ live, holder, forwards }} />
            ))}
          </ul>
          <p class="actions">
            {forwards
              .filter(({ id }) => series.has(id))
              .map((forward) => (
                <ActButton
                  key={forward.id}
                  class="secondary outline"
                  work={(current) => cancelSeries(current, holder, forward.id)}
                >
                  {texts.cancelSeries(windowText(forward))}
                </ActButton>
              ))}
            <ActButton
              class="secondary outline"
              testid="cancel-all"
              work={(current) => cancelAll(current, holder)}
            >
              {texts.cancelAll}
            </ActButton>
          </p>
        </>
      )}
    </section>
  );
}

interface OpenProps {
  readonly live: LiveOrder;
  readonly holder: Address;
  readonly forwards: readonly Forward[];
}

function Open({ live: { order, hash, left }, holder, forwards }: OpenProps) {
  const texts = market.value.mine;
  const isAsked = useSignal(false);
  const withdraw = async (current: Session) => {
    await withdrawOrder(current, holder, hash);
    isAsked.value = false;
  };
  return (
    <li class="holding" data-testid="open-order">
      {order.legs.map((leg) => (
        <p key={leg.series}>{legText(leg, order.quantity, order.pegs[0], forwards)}</p>
      ))}
      <p class="hint">
        {texts.left(plain(left), plain(order.quantity))} · {market.value.words.until}{" "}
        <Time at={order.deadline} />
      </p>
      <p class="actions">
        <ActButton work={(current) => cancelOrder(current, holder, order)}>
          {texts.cancel}
        </ActButton>
        <button
          type="button"
          class="secondary outline"
          aria-expanded={isAsked.value}
          onClick={() => {
            isAsked.value = !isAsked.value;
          }}
        >
          {texts.withdraw}
        </button>
      </p>
      {isAsked.value && (
        <div class="words" data-testid="withdrawal-words">
          <h4>{market.value.words.title}</h4>
          <p>{market.value.words.withdrawn(hash)}</p>
          <ActButton work={withdraw}>{market.value.words.signWithdrawal}</ActButton>
        </div>
      )}
    </li>
  );
}
