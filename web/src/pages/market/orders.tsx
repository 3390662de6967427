// SPDX-License-Identifier: AGPL-3.0-only
// The account's open orders, and how they are taken back: on the chain, or off the relays.

import { useSignal } from "@preact/signals";
import type { Address } from "viem";
import type { Forward } from "../../chain/forwards";
import { session } from "../../chain/session";
import { canAct } from "../../kit/form_input";
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
  const act = (work: (current: NonNullable<typeof session.value>) => Promise<void>) => () => {
    if (session.value !== undefined) void work(session.value);
  };
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
                <button
                  key={forward.id}
                  type="button"
                  class="secondary outline"
                  disabled={!canAct()}
                  onClick={act((current) => cancelSeries(current, holder, forward.id))}
                >
                  {texts.cancelSeries(windowText(forward))}
                </button>
              ))}
            <button
              type="button"
              class="secondary outline"
              disabled={!canAct()}
              onClick={act((current) => cancelAll(current, holder))}
              data-testid="cancel-all"
            >
              {texts.cancelAll}
            </button>
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
  const cancel = () => {
    if (session.value !== undefined) void cancelOrder(session.value, holder, order);
  };
  const withdraw = async () => {
    if (session.value !== undefined) await withdrawOrder(session.value, holder, hash);
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
        <button type="button" disabled={!canAct()} onClick={cancel}>
          {texts.cancel}
        </button>
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
          <button type="button" disabled={!canAct()} onClick={() => void withdraw()}>
            {market.value.words.signWithdrawal}
          </button>
        </div>
      )}
    </li>
  );
}
