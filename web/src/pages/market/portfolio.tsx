// SPDX-License-Identifier: AGPL-3.0-only
// Positions and open orders of the account.

import type { Address } from "viem";
import type { Forward } from "../../chain/forwards";
import { session } from "../../chain/session";
import { DataTable } from "../../kit/data_table";
import { canAct } from "../../kit/form_input";
import { href } from "../../kit/router";
import { toCsv } from "../../model/csv";
import type { SignedOrder } from "../../model/relay_answer";
import { isoDate } from "../../model/units";
import { cancelOrder, redeemForward } from "../../wallet/trade";
import { market, plain, windowText } from "./texts";

interface PortfolioProps {
  readonly account: Address;
  readonly forwards: readonly Forward[];
  readonly orders: readonly SignedOrder[];
}

export function Portfolio({ account, forwards, orders }: PortfolioProps) {
  const texts = market.value.mine;
  const held = forwards.filter(({ long, short }) => long > 0n || short > 0n);
  return (
    <section class="panel">
      <h2>{texts.title}</h2>
      {held.length === 0 ? (
        <p>{texts.none}</p>
      ) : (
        <>
          <DataTable
            label={texts.title}
            heads={[market.value.window, texts.long, texts.short, market.value.index]}
          >
            {held.map((forward) => (
              <Position key={forward.id} forward={forward} account={account} />
            ))}
          </DataTable>
          <a class="open" download="positions.csv" href={csvUrl(held)} data-testid="positions-csv">
            {texts.csv}
          </a>
        </>
      )}
      <h3>{texts.orders}</h3>
      {orders.length === 0 ? (
        <p>{texts.noOrders}</p>
      ) : (
        <ul class="plain">
          {orders.map((signed) => (
            <Open key={signed.signature} signed={signed} account={account} forwards={forwards} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Position({ forward, account }: { forward: Forward; account: Address }) {
  const redeem = () => {
    if (session.value !== undefined) void redeemForward(session.value, account, forward);
  };
  return (
    <tr data-testid="position" data-long={`${forward.long}`} data-short={`${forward.short}`}>
      <th scope="row">
        <a href={href("market", forward.id)}>{windowText(forward)}</a>
        {forward.isDue && (
          <button type="button" class="quiet" disabled={!canAct()} onClick={redeem}>
            {market.value.mine.redeem}
          </button>
        )}
      </th>
      <td>{plain(forward.long)}</td>
      <td>{plain(forward.short)}</td>
      <td>{forward.index === undefined ? "–" : plain(forward.index)}</td>
    </tr>
  );
}

interface OpenProps {
  readonly signed: SignedOrder;
  readonly account: Address;
  readonly forwards: readonly Forward[];
}

function Open({ signed: { order }, account, forwards }: OpenProps) {
  const leg = order.legs[0];
  const forward = forwards.find(({ id }) => id === leg?.series);
  if (leg === undefined || forward === undefined) return null;
  const texts = market.value.ticket;
  const cancel = () => {
    if (session.value !== undefined) void cancelOrder(session.value, account, order);
  };
  return (
    <li data-testid="open-order">
      {texts.words(
        plain(order.quantity),
        leg.is_buy ? texts.buy : texts.sell,
        windowText(forward),
        plain(leg.price_ticks),
      )}{" "}
      <button type="button" class="quiet" disabled={!canAct()} onClick={cancel}>
        {market.value.mine.cancel}
      </button>
    </li>
  );
}

function csvUrl(held: readonly Forward[]): string {
  const rows = held.map(({ id, band, long, short, index }) => [
    ...[`${id}`, isoDate(band.first_day), isoDate(band.end_day - 1n)],
    ...[`${long}`, `${short}`, `${index ?? ""}`],
  ]);
  const heads = ["series", "first_day", "last_day", "long", "short", "index_ticks"];
  return `data:text/csv;charset=utf-8,${encodeURIComponent(toCsv([heads, ...rows]))}`;
}
