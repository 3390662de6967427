// SPDX-License-Identifier: AGPL-3.0-only
// One token on the spot market: buying from the best offer, selling to the best bid or at a price of
// one's own. Every number is the chain's word or worked out as the contract does.

import type { ComponentChildren } from "preact";
import type { Money } from "../chain/offering";
import { now, session } from "../chain/session";
import type { SpotBook } from "../chain/spot";
import { t } from "../i18n";
import { deadlineAfter } from "../model/deadline";
import { type Fillable, spotCost } from "../model/spot";
import { hashrateOf } from "../model/typed";
import { formatExact } from "../model/units";
import { language } from "../settings/choices";
import { takeSpot } from "../wallet/spot";
import { account } from "../wallet/wallet";
import { draftOf } from "./draft";
import { Field } from "./field";
import { canAct, exactThs } from "./form_input";
import { chainLabel, Fact, Money as MoneyText } from "./numbers";
import { SpotOffer } from "./spot_offer";
import { spot } from "./spot_texts";
import { committedOf, type Traded } from "./spot_trade";
import { Term } from "./term";

interface SpotProps {
  readonly token: Traded;
  readonly book: SpotBook;
  /** The account's own open orders. */
  readonly own: readonly Fillable[];
}

/** A price as its maker signed it. */
export function SpotPrice({ offer, money, testid }: PriceProps) {
  const { price, is_per_remaining } = offer.order;
  if (is_per_remaining) {
    return (
      <span class="number" data-testid={testid} data-base-units={price.toString()}>
        {spot.value.priceOfRest(formatExact(price, 16, language.value))}
      </span>
    );
  }
  return <MoneyText base={price} decimals={money.decimals} symbol={money.symbol} testid={testid} />;
}

interface PriceProps {
  readonly offer: Fillable;
  readonly money: Money;
  readonly testid: string;
}

/** Buying from whoever asks least. */
export function SpotBuy({ token, book, own, children }: SpotProps & Children) {
  const [best] = book.asks;
  if (best === undefined) return <p class="empty">{spot.value.none}</p>;
  return (
    <>
      <dl class="facts">
        <Fact name={<Term word="ask">{spot.value.price}</Term>}>
          <strong>
            <SpotPrice offer={best} money={book.money} testid="spot-price" />
          </strong>
        </Fact>
        <Fact name={spot.value.left}>
          <Left offer={best} testid="spot-left" />
        </Fact>
      </dl>
      {book.asks.length > 1 && (
        <p class="hint">
          {spot.value.more(formatExact(BigInt(book.asks.length - 1), 0, language.value))}
        </p>
      )}
      {children}
      <TakeForm token={token} book={book} own={own} offer={best} />
    </>
  );
}

interface Children {
  /** What to know before the button. */
  readonly children?: ComponentChildren;
}

/** Selling what the account has: to whoever bids most, or at a price of its own. */
export function SpotSell({ token, book, own }: SpotProps) {
  const [best] = book.bids;
  return (
    <div data-testid="spot-sell">
      {best === undefined ? (
        <p class="hint">{spot.value.noBid}</p>
      ) : (
        <>
          <dl class="facts">
            <Fact name={<Term word="bid">{spot.value.bid}</Term>}>
              <strong>
                <SpotPrice offer={best} money={book.money} testid="spot-bid" />
              </strong>
            </Fact>
            <Fact name={spot.value.left}>
              <Left offer={best} testid="spot-bid-left" />
            </Fact>
          </dl>
          <TakeForm token={token} book={book} own={own} offer={best} />
        </>
      )}
      <SpotOffer token={token} book={book} own={own} />
    </div>
  );
}

function Left({ offer: { left }, testid }: { offer: Fillable; testid: string }) {
  return (
    <span class="number" data-testid={testid} data-base-units={left.toString()}>
      {exactThs(left)}
    </span>
  );
}

/** A part of one order, at its price. */
function TakeForm({ token, book, own, offer }: SpotProps & { readonly offer: Fillable }) {
  const { order, left } = offer;
  const { money, remaining } = book;
  const isBuying = !order.is_buy;
  const text = draftOf(`${isBuying ? "spot-buy" : "spot-sell"} ${token.address} ${money.address}`);
  const quantity = hashrateOf(text.value);
  const cost = spotCost(order, quantity ?? 0n, remaining);
  const problem = text.value === "" ? undefined : problemOf(offer, quantity, cost, token, money);
  const submit = async (event: Event) => {
    event.preventDefault();
    const current = session.value;
    const holder = account.value;
    if (current === undefined || holder === undefined || !quantity || problem !== undefined) return;
    const isDone = await takeSpot(current, holder, {
      ...{ offer, quantity, cost },
      committed: committedOf(own, isBuying ? money.address : token.address, remaining),
      deadline: deadlineAfter(1, now.value, Date.now() / 1000, current.deployment.isSimulated),
    });
    if (isDone) text.value = "";
  };
  return (
    <form onSubmit={submit} noValidate data-testid={isBuying ? "spot-buy-form" : "spot-sell-form"}>
      <Field
        label={spot.value.amount(chainLabel(token.symbol))}
        value={text.value}
        problem={problem}
        mode="decimal"
        hint={isBuying ? undefined : spot.value.youHave(exactThs(token.balance))}
        onInput={(value) => {
          text.value = value;
        }}
      />
      <button
        type="button"
        class="quiet"
        onClick={() => {
          text.value = exactThs(isBuying || left < token.balance ? left : token.balance);
        }}
      >
        {isBuying ? spot.value.all : t.value.forms.transfer.max}
      </button>
      {quantity !== undefined && quantity > 0n && problem === undefined && (
        <p>
          {isBuying ? spot.value.pay : spot.value.get}{" "}
          <strong>
            <MoneyText
              base={cost}
              decimals={money.decimals}
              symbol={money.symbol}
              testid={isBuying ? "spot-cost" : "spot-proceeds"}
            />
          </strong>
        </p>
      )}
      <p class="hint">{spot.value.checked}</p>
      <button type="submit" disabled={!canAct() || !quantity || problem !== undefined}>
        {isBuying ? spot.value.buy : spot.value.sell}
      </button>
    </form>
  );
}

function problemOf(
  { order, left }: Fillable,
  quantity: bigint | undefined,
  cost: bigint,
  token: Traded,
  money: Money,
): string | undefined {
  const texts = spot.value;
  if (quantity === undefined) return texts.badAmount;
  if (quantity === 0n || cost === 0n) return texts.noAmount;
  if (quantity > left) return texts.tooMuch(exactThs(left));
  const least = order.minimum_quantity < left ? order.minimum_quantity : left;
  if (quantity < least) {
    return (order.is_buy ? texts.tooLittleBid : texts.tooLittle)(exactThs(least));
  }
  if (account.value === undefined) return undefined;
  if (order.is_buy) return quantity > token.balance ? texts.youHaveLess : undefined;
  if (cost <= money.balance) return undefined;
  const has = formatExact(money.balance, money.decimals, language.value);
  return texts.tooDear(has, chainLabel(money.symbol));
}
