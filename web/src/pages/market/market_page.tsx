// SPDX-License-Identifier: AGPL-3.0-only
// The terminal: the curve of all contracts, or one contract with its book, ticket and payoff.

import { useSignal } from "@preact/signals";
import type { Address } from "viem";
import {
  type Book,
  type Forward,
  type LiveOrder,
  liveOrders,
  ordersOfMaker,
  readBook,
  readForwards,
} from "../../chain/forwards";
import type { Session } from "../../chain/session";
import { DataTable } from "../../kit/data_table";
import { href } from "../../kit/router";
import { Empty, Ready } from "../../kit/state_boxes";
import { useRead } from "../../kit/use_read";
import type { SignedOrder } from "../../model/relay_answer";
import { account } from "../../wallet/wallet";
import { Ladder } from "./ladder";
import { Payoff } from "./payoff";
import { Portfolio } from "./portfolio";
import { market, plain, unitText, windowText } from "./texts";
import { Ticket } from "./ticket";

/** Contracts whose books are asked for at a time. */
const MAX_BOOKS = 24;

interface Market {
  readonly forwards: readonly Forward[];
  /** By contract; what the relay does not tell is missing. */
  readonly books: ReadonlyMap<bigint, Book>;
  readonly isRelayUp: boolean;
  readonly orders: readonly SignedOrder[];
  readonly live: Readonly<Record<"buy" | "sell", readonly LiveOrder[]>>;
}

export function MarketPage({ id }: { id: string | undefined }) {
  const holder = account.value;
  const wanted = id !== undefined && /^\d{1,78}$/.test(id) ? BigInt(id) : undefined;
  const read = useRead((current) => readMarket(current, holder, wanted), [holder, id], true);
  return (
    <>
      <h1 tabIndex={-1}>{market.value.title}</h1>
      <p class="hint">{market.value.hint}</p>
      <Ready read={read} lines={8}>
        {(state) => <Shown state={state} id={wanted} />}
      </Ready>
    </>
  );
}

async function readMarket(
  current: Session,
  holder: Address | undefined,
  id: bigint | undefined,
): Promise<Market> {
  const place = current.deployment.forwards;
  const forwards = await readForwards(current, holder);
  const asked = forwards
    .filter((each) => (id === undefined ? !each.isDue : each.id === id))
    .slice(0, MAX_BOOKS);
  const [told, orders, sell, buy] = await Promise.all([
    Promise.all(
      asked.map(async (each) => [each.id, place && (await readBook(place, each.id))] as const),
    ),
    holder === undefined ? [] : ordersOfMaker(current, holder),
    holder === undefined || id === undefined ? [] : liveOrders(current, id, "sell", holder),
    holder === undefined || id === undefined ? [] : liveOrders(current, id, "buy", holder),
  ]);
  const books = new Map(told.flatMap(([each, book]) => (book ? [[each, book] as const] : [])));
  const isRelayUp = books.size > 0 || asked.length === 0;
  return { forwards, books, isRelayUp, orders, live: { buy, sell } };
}

function Shown({ state, id }: { state: Market; id: bigint | undefined }) {
  const { forwards, isRelayUp, orders } = state;
  const forward = forwards.find((each) => each.id === id);
  return (
    <>
      {!isRelayUp && (
        <p class="banner warning" role="status" data-testid="relay-down">
          {market.value.relayDown}
        </p>
      )}
      {id === undefined && <Curve state={state} />}
      {id !== undefined && forward === undefined && <Empty>{market.value.unknown}</Empty>}
      {forward !== undefined && <Contract state={state} forward={forward} />}
      {account.value !== undefined && (
        <Portfolio account={account.value} forwards={forwards} orders={orders} />
      )}
    </>
  );
}

function Curve({ state: { forwards, books } }: { state: Market }) {
  const texts = market.value;
  if (forwards.length === 0) return <Empty>{texts.none}</Empty>;
  const price = (ticks: bigint | undefined) => (ticks === undefined ? "–" : plain(ticks));
  return (
    <DataTable
      label={texts.curve}
      heads={[texts.window, texts.bid, texts.ask, texts.index, texts.open, texts.band]}
    >
      {forwards.map((forward) => {
        const { id, index, openInterest, band } = forward;
        const { bids, asks } = books.get(id) ?? { bids: [], asks: [] };
        return (
          <tr key={id} data-testid="contract">
            <th scope="row">
              <a href={href("market", id)}>{windowText(forward)}</a>
              <br />
              <small>{unitText(forward)}</small>
            </th>
            <td data-testid="best-bid">{price(bids[0]?.priceTicks)}</td>
            <td data-testid="best-ask">{price(asks[0]?.priceTicks)}</td>
            <td>{price(index)}</td>
            <td>{plain(openInterest)}</td>
            <td>
              {plain(band.floor_ticks)} – {plain(band.cap_ticks)}
            </td>
          </tr>
        );
      })}
    </DataTable>
  );
}

function Contract({ state, forward }: { state: Market; forward: Forward }) {
  const isBuy = useSignal(true);
  const price = useSignal((forward.index ?? forward.band.floor_ticks).toString());
  const { orders, live, books, forwards } = state;
  const pick = (buys: boolean, ticks: bigint) => {
    isBuy.value = buys;
    price.value = ticks.toString();
  };
  return (
    <>
      <p>
        <a href={href("market")}>{market.value.all}</a>
      </p>
      <h2>{windowText(forward)}</h2>
      <p class="hint">{market.value.unit(unitText(forward))}</p>
      <div class="terminal">
        <section class="panel">
          <h2>{market.value.ladder}</h2>
          <Ladder book={books.get(forward.id) ?? { bids: [], asks: [] }} onPick={pick} />
          <Payoff forward={forward} />
        </section>
        <section class="panel">
          <Ticket
            forward={forward}
            draft={{ isBuy, price }}
            live={live}
            committed={committedOf(orders, forwards, forward)}
          />
        </section>
      </div>
    </>
  );
}

/** What open orders of the account may take of a contract's token [base units]. */
function committedOf(
  orders: readonly SignedOrder[],
  forwards: readonly Forward[],
  { token }: Forward,
): bigint {
  const tokens = new Map(forwards.map((each) => [each.id, each.token]));
  return orders
    .filter(({ order }) => tokens.get(order.legs[0]?.series ?? 0n) === token)
    .reduce((sum, { order }) => sum + order.max_collateral, 0n);
}
