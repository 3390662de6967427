// SPDX-License-Identifier: AGPL-3.0-only
// The order ticket: what it locks, what can be lost and gained, in plain words before the signature.

import { type Signal, useSignal } from "@preact/signals";
import type { Address } from "viem";
import { type Forward, type LiveOrder, priceOf } from "../../chain/forwards";
import { now, session } from "../../chain/session";
import { Field } from "../../kit/field";
import { canAct } from "../../kit/form_input";
import { Fact, Money } from "../../kit/numbers";
import { deadlineAfter } from "../../model/deadline";
import { stakeOf } from "../../model/forward";
import { DAY_SECONDS, min } from "../../model/units";
import { placeOrder, takeOrder } from "../../wallet/trade";
import { account } from "../../wallet/wallet";
import { market, moneyText, plain, unitText, windowText } from "./texts";

/** What is typed; the ladder writes into it. */
export interface Draft {
  readonly isBuy: Signal<boolean>;
  readonly price: Signal<string>;
}

interface TicketProps {
  readonly forward: Forward;
  readonly draft: Draft;
  /** Orders of both sides that can be taken now. */
  readonly live: Readonly<Record<"buy" | "sell", readonly LiveOrder[]>>;
  /** [base units] that the account's open orders may take of the same token */
  readonly committed: bigint;
}

const MAX_DAYS = 30;

function integerOf(text: string): bigint | undefined {
  const digits = text.trim().replaceAll(",", "");
  return /^\d{1,20}$/.test(digits) ? BigInt(digits) : undefined;
}

export function Ticket({ forward, draft, live, committed }: TicketProps) {
  const texts = market.value.ticket;
  const contracts = useSignal("1");
  const days = useSignal("1");
  const { floor_ticks: floor, cap_ticks: cap, first_day: first } = forward.band;
  const isBuy = draft.isBuy.value;
  const price = integerOf(draft.price.value);
  const count = integerOf(contracts.value);
  const span = integerOf(days.value) ?? 0n;
  const stake =
    price === undefined || !count ? undefined : stakeOf(forward.band, isBuy, price, count);
  const best = live[isBuy ? "sell" : "buy"][0];
  const isBetter =
    best !== undefined &&
    price !== undefined &&
    (isBuy ? priceOf(best.order) <= price : priceOf(best.order) >= price);
  const isOver = BigInt(now.value) >= first * DAY_SECONDS;
  const isSpan = span >= 1n && span <= BigInt(MAX_DAYS);
  const isReady = canAct() && stake !== undefined && isSpan && stake.locked <= forward.balance;
  if (isOver) return <p class="empty">{texts.over}</p>;

  const place = (event: Event) => {
    event.preventDefault();
    const current = session.value;
    if (!isReady || current === undefined || price === undefined || !count) return;
    const deadline = deadlineAfter(
      ...([Number(span), now.value, Date.now() / 1000] as const),
      current.deployment.isSimulated,
    );
    const ticket = { forward, isBuy, priceTicks: price, contracts: count, locked: stake.locked };
    void placeOrder(current, account.value as Address, ticket, committed, deadline);
  };
  return (
    <form onSubmit={place} noValidate data-testid="ticket">
      <h2>{texts.title}</h2>
      <fieldset>
        <legend>{texts.side}</legend>
        {[true, false].map((side) => (
          <label key={`${side}`}>
            <input
              type="radio"
              name="side"
              checked={isBuy === side}
              onChange={() => {
                draft.isBuy.value = side;
              }}
            />
            {side ? texts.buy : texts.sell}
          </label>
        ))}
      </fieldset>
      <Field
        label={texts.contracts}
        value={contracts.value}
        problem={count ? undefined : texts.badContracts}
        mode="numeric"
        onInput={(value) => {
          contracts.value = value;
        }}
      />
      <Field
        label={`${texts.limit} (${unitText(forward)})`}
        value={draft.price.value}
        problem={
          price === undefined || price < floor || price > cap
            ? texts.badPrice(plain(floor), plain(cap))
            : undefined
        }
        mode="numeric"
        onInput={(value) => {
          draft.price.value = value;
        }}
      />
      <Field
        label={texts.days}
        value={days.value}
        problem={isSpan ? undefined : texts.badDays}
        mode="numeric"
        onInput={(value) => {
          days.value = value;
        }}
      />
      {stake !== undefined && price !== undefined && count !== undefined && (
        <>
          <dl class="facts">
            <Fact name={texts.locked}>
              <Amount forward={forward} base={stake.locked} testid="locked" />
            </Fact>
            <Fact name={texts.lost}>
              <Amount forward={forward} base={stake.locked} testid="most-lost" />
            </Fact>
            <Fact name={texts.gained}>
              <Amount forward={forward} base={stake.mostGained} testid="most-gained" />
            </Fact>
            <Fact name={texts.even}>
              <span data-testid="break-even">
                {isBuy ? texts.above(plain(price)) : texts.below(plain(price))}
              </span>
            </Fact>
          </dl>
          <p data-testid="in-words">
            <strong>
              {texts.words(
                plain(count),
                isBuy ? texts.buy : texts.sell,
                windowText(forward),
                `${plain(price)} ${unitText(forward)}`,
              )}
            </strong>{" "}
            {texts.standing}
          </p>
        </>
      )}
      <p class="hint">
        {account.value === undefined
          ? texts.connect
          : texts.have(...moneyParts(forward, forward.balance))}
        {stake !== undefined && account.value !== undefined && stake.locked > forward.balance && (
          <strong role="alert"> {texts.tooDear}</strong>
        )}
      </p>
      <p class="actions">
        <button type="submit" disabled={!isReady}>
          {texts.place}
        </button>
      </p>
      {isBetter && count !== undefined && count > 0n && (
        <TakeBest forward={forward} isBuy={isBuy} best={best} contracts={min(count, best.left)} />
      )}
    </form>
  );
}

function moneyParts(forward: Forward, base: bigint): [string, string] {
  const [amount = "", symbol = ""] = moneyText(forward, base).split(" ");
  return [amount, symbol];
}

interface AmountProps {
  readonly forward: Forward;
  readonly base: bigint;
  readonly testid: string;
}

function Amount({ forward: { decimals, symbol }, base, testid }: AmountProps) {
  return <Money base={base} decimals={decimals} symbol={symbol} testid={testid} />;
}

interface TakeBestProps {
  readonly forward: Forward;
  readonly isBuy: boolean;
  readonly best: LiveOrder;
  readonly contracts: bigint;
}

/** The best order of the other side, as far as the chain says it can be filled. */
function TakeBest({ forward, isBuy, best, contracts }: TakeBestProps) {
  const texts = market.value.ticket;
  const priceTicks = priceOf(best.order);
  const stake = stakeOf(forward.band, isBuy, priceTicks, contracts);
  if (stake === undefined || contracts < best.order.minimum_quantity) return null;
  const take = () => {
    const current = session.value;
    if (current === undefined || account.value === undefined) return;
    const ticket = { forward, isBuy, priceTicks, contracts, locked: stake.locked };
    void takeOrder(current, account.value, ticket, best);
  };
  return (
    <div class="holding" data-testid="take">
      <p>{texts.now(plain(contracts))}</p>
      <p>
        {texts.taking}: {plain(contracts)} × {plain(priceTicks)} · {texts.locked}{" "}
        <Amount forward={forward} base={stake.locked} testid="take-locked" />
      </p>
      <button
        type="button"
        disabled={!canAct() || stake.locked > forward.balance}
        onClick={take}
        data-testid="take-button"
      >
        {texts.take}
      </button>
    </div>
  );
}
