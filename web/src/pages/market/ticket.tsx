// SPDX-License-Identifier: AGPL-3.0-only
// The order ticket: what it locks, what can be lost and gained, and what is signed in plain words
// before the signature.

import type { Signal } from "@preact/signals";
import { useSignal } from "@preact/signals";
import { zeroAddress } from "viem";
import type { Forward } from "../../chain/forwards";
import { now, session } from "../../chain/session";
import { Field } from "../../kit/field";
import { canAct } from "../../kit/form_input";
import { sweep } from "../../model/book";
import { deadlineAfter } from "../../model/deadline";
import type { Order } from "../../model/forward_order";
import type { Fraction } from "../../model/fraction";
import { assess, assessFills, pegPrice } from "../../model/ticket";
import { ceilDiv, DAY_SECONDS, min } from "../../model/units";
import { randomSalt } from "../../wallet/salt";
import { placeOrder, takeOrders } from "../../wallet/trade";
import { account } from "../../wallet/wallet";
import { companions, type Draft, KINDS, type Understood, understand } from "./draft";
import type { Book } from "./feed";
import { OrderWords } from "./order_words";
import { market, moneyText, plain, unitText, windowText } from "./texts";
import { OrderFacts, TakingFacts } from "./ticket_facts";

interface TicketProps {
  readonly forward: Forward;
  readonly forwards: readonly Forward[];
  readonly draft: Signal<Draft>;
  /** `undefined` until the relays and the chain have answered. */
  readonly book: Book | undefined;
}

export function Ticket({ forward, forwards, draft, book }: TicketProps) {
  const texts = market.value.ticket;
  const salt = useSignal(randomSalt());
  const others = companions(forward, forwards, now.value);
  const understood = understand(draft.value, forward, others);
  const { kind } = draft.value;
  const change = (part: Partial<Draft>) => {
    draft.value = { ...draft.value, ...part };
  };
  if (BigInt(now.value) >= forward.band.first_day * DAY_SECONDS)
    return <p class="empty">{texts.over}</p>;

  const order = kind === "sweep" ? undefined : orderOf(understood, book, salt.value);
  const committed = committedOf(book, forwards, forward);
  const needed = (order?.max_collateral ?? 0n) + committed;
  const isReady =
    canAct() &&
    book !== undefined &&
    order !== undefined &&
    order.max_collateral <= forward.balance;
  const place = async (event: Event) => {
    event.preventDefault();
    const current = session.value;
    if (!isReady || current === undefined) return;
    await placeOrder(current, order, { token: forward.token, amount: needed });
    salt.value = randomSalt();
  };
  return (
    <form onSubmit={(event) => void place(event)} noValidate data-testid="ticket">
      <h2>{texts.title}</h2>
      <Fields {...{ forward, others, understood, change }} draft={draft.value} />
      {order !== undefined && (
        <>
          <OrderFacts {...{ forward, understood, needed }} />
          <OrderWords
            {...{ order, forwards }}
            book={session.value?.deployment.forwards?.book ?? zeroAddress}
          />
          <p class="hint">{texts.standing}</p>
        </>
      )}
      <Money forward={forward} needed={order?.max_collateral ?? 0n} />
      {kind !== "sweep" && (
        <p class="actions">
          <button type="submit" disabled={!isReady}>
            {texts.place}
          </button>
        </p>
      )}
      {(kind === "limit" || kind === "sweep") && understood.isWhole && book !== undefined && (
        <TakeNow {...{ forward, understood, book, committed }} draft={draft.value} />
      )}
    </form>
  );
}

/** The order that is shown and signed; `undefined` as long as something is missing. */
function orderOf(
  { isWhole, legs, count, peg, days }: Understood,
  book: Book | undefined,
  salt: bigint,
): Order | undefined {
  const found = isWhole ? assess(legs, count, peg !== undefined) : undefined;
  if (found === undefined) return undefined;
  const isSimulated = session.value?.deployment.isSimulated === true;
  const wanted = deadlineAfter(Number(days), now.value, Date.now() / 1000, isSimulated);
  // nothing stands once a window has begun, since then its days are no longer all unknown
  const last = legs
    .map(({ forward }) => forward.band.first_day * DAY_SECONDS - 1n)
    .reduce((soonest, each) => min(soonest, each));
  return {
    ...{ maker: account.value ?? zeroAddress, taker: zeroAddress },
    ...{ quantity: count, minimum_quantity: 1n, max_collateral: found.locked },
    ...{ deadline: min(wanted, last), may_trade_in_window: false },
    ...{ epoch: book?.epoch ?? 0n, salt },
    legs: legs
      .map(({ forward, isBuy, priceTicks }) => ({
        ...{ series: forward.id, is_buy: isBuy, ratio: 1n },
        price_ticks: peg === undefined ? priceTicks : 0n,
      }))
      .sort((a, b) => (a.series < b.series ? -1 : 1)),
    pegs: peg === undefined ? [] : [peg],
  };
}

/** What the vault has to be allowed to take for a fill [base units]: none that pays nothing asks. */
export function neededFor(locked: bigint, committed: bigint): bigint {
  return locked === 0n ? 0n : locked + committed;
}

/** What the account's open orders may still take of a contract's token [base units]. */
export function committedOf(
  book: Book | undefined,
  forwards: readonly Forward[],
  { token }: Forward,
): bigint {
  const tokens = new Map(forwards.map((each) => [each.id, each.token]));
  return (book?.own ?? [])
    .filter(({ order }) => tokens.get(order.legs[0]?.series ?? 0n) === token)
    .reduce((sum, { order, left }) => sum + (order.max_collateral * left) / order.quantity, 0n);
}

interface FieldsProps {
  readonly forward: Forward;
  readonly others: readonly Forward[];
  readonly draft: Draft;
  readonly understood: Understood;
  readonly change: (part: Partial<Draft>) => void;
}

function Fields({ forward, others, draft, understood: { problems, peg }, change }: FieldsProps) {
  const texts = market.value.ticket;
  const { kind } = draft;
  const field = (name: keyof Draft & string, label: string) => (
    <Field
      of={`ticket ${forward.id} ${name}`}
      label={label}
      value={`${draft[name]}`}
      problem={problems[name]}
      mode="numeric"
      onInput={(value) => change({ [name]: value })}
    />
  );
  const unit = unitText(forward);
  const pegNow = peg && pegPrice(peg, forward.index);
  return (
    <>
      <fieldset class="kinds">
        <legend>{texts.kind}</legend>
        {KINDS.map((each) => (
          <label key={each}>
            <input
              type="radio"
              name="kind"
              checked={kind === each}
              onChange={() => change({ kind: each })}
            />
            {texts.kinds[each]}
          </label>
        ))}
        <p class="hint">{texts.kindHints[kind]}</p>
      </fieldset>
      <fieldset>
        <legend>{texts.side}</legend>
        {[true, false].map((side) => (
          <label key={`${side}`}>
            <input
              type="radio"
              name="side"
              checked={draft.isBuy === side}
              onChange={() => change({ isBuy: side })}
            />
            {side ? texts.buy : texts.sell}
          </label>
        ))}
      </fieldset>
      {field("contracts", texts.contracts)}
      {kind === "pegged" ? (
        <>
          {field("offset", `${texts.offset} (${unit})`)}
          {pegNow !== undefined && (
            <p class="hint" data-testid="peg-now">
              {texts.pegNow(plain(pegNow))}
            </p>
          )}
          {field("low", texts.low)}
          {field("high", texts.high)}
          {field("meanDays", texts.meanDays)}
        </>
      ) : (
        field("price", `${kind === "sweep" ? texts.worst : texts.limit} (${unit})`)
      )}
      {(kind === "strip" || kind === "spread") && (
        <Others {...{ forward, others, draft, problems, change }} />
      )}
      {kind !== "sweep" && field("days", texts.days)}
    </>
  );
}

interface OthersProps {
  readonly forward: Forward;
  readonly others: readonly Forward[];
  readonly draft: Draft;
  readonly problems: Understood["problems"];
  readonly change: FieldsProps["change"];
}

/** The windows beside this one: of a strip any number, of a spread one. */
function Others({ forward, others, draft, problems, change }: OthersProps) {
  const texts = market.value.ticket;
  const isSpread = draft.kind === "spread";
  if (others.length === 0) return <p class="empty">{texts.none}</p>;
  const choose = (id: bigint) => {
    const isChosen = draft.others.includes(id);
    const rest = draft.others.filter((each) => each !== id);
    const chosen = isSpread ? [id] : isChosen ? rest : [...rest, id];
    const index = others.find((each) => each.id === id)?.index;
    const prices = { [`${id}`]: `${index ?? ""}`, ...draft.prices };
    change({ others: chosen, prices });
  };
  return (
    <fieldset class="windows">
      <legend>{isSpread ? texts.other : texts.windows}</legend>
      {others.map((other) => {
        const isChosen = draft.others.includes(other.id);
        return (
          <div key={other.id}>
            <label>
              <input
                type={isSpread ? "radio" : "checkbox"}
                name="other"
                checked={isChosen}
                onChange={() => choose(other.id)}
              />
              {windowText(other)}
            </label>
            {isChosen && (
              <Field
                of={`ticket ${forward.id} ${other.id}`}
                label={texts.priceOf(windowText(other))}
                value={draft.prices[`${other.id}`] ?? ""}
                problem={problems[`${other.id}`]}
                mode="numeric"
                onInput={(value) => change({ prices: { ...draft.prices, [`${other.id}`]: value } })}
              />
            )}
          </div>
        );
      })}
      {problems["others"] !== undefined && <small role="alert">{problems["others"]}</small>}
    </fieldset>
  );
}

/** What the account has, and whether that is enough. */
function Money({ forward, needed }: { forward: Forward; needed: bigint }) {
  const texts = market.value.ticket;
  if (account.value === undefined) return <p class="hint">{texts.connect}</p>;
  return (
    <p class="hint">
      {texts.have(moneyText(forward, forward.balance))}
      {needed > forward.balance && <strong role="alert"> {texts.tooDear}</strong>}
    </p>
  );
}

/** A mean price [tick, 1e2], rounded against the taker. */
function meanE2({ over, under }: Fraction, isBuy: boolean): bigint {
  return isBuy ? ceilDiv(over * 100n, under) : (over * 100n) / under;
}

interface TakeNowProps {
  readonly forward: Forward;
  readonly draft: Draft;
  readonly understood: Understood;
  readonly book: Book;
  readonly committed: bigint;
}

/** What others offer at this price or better, as far as the chain says that it can be filled. */
function TakeNow(props: TakeNowProps) {
  const { forward, draft, book, committed } = props;
  const { count, price } = props.understood;
  const texts = market.value.ticket;
  const side = draft.isBuy ? book.sides.asks : book.sides.bids;
  const fills = sweep(side, account.value, count, price);
  const taking = assessFills(forward, draft.isBuy, fills);
  if (taking === undefined)
    return draft.kind === "sweep" ? <p class="empty">{texts.nothing}</p> : null;
  const needed = { token: forward.token, amount: neededFor(taking.locked, committed) };
  const take = () => {
    const current = session.value;
    if (current === undefined || account.value === undefined) return;
    void takeOrders(current, account.value, taking.fills, needed);
  };
  return (
    <div class="holding" data-testid="take">
      <h3>{texts.taking}</h3>
      <p>
        {texts.fills(
          plain(taking.contracts),
          plain(meanE2(taking.mean, draft.isBuy), 2),
          plain(BigInt(fills.length)),
        )}
        {taking.contracts < count && ` ${texts.short(plain(count - taking.contracts))}`}
      </p>
      <TakingFacts {...{ forward, taking }} isBuy={draft.isBuy} needed={needed.amount} />
      <button
        type="button"
        disabled={!canAct() || taking.locked > forward.balance}
        onClick={take}
        data-testid="take-button"
      >
        {texts.take}
      </button>
      {draft.kind === "limit" && <p class="hint">{texts.crossing}</p>}
    </div>
  );
}
