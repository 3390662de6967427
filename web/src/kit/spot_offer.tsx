// SPDX-License-Identifier: AGPL-3.0-only
// An order of one's own: what is typed, the order in plain words, the signature; and those open.

import { useSignal } from "@preact/signals";
import type { Money } from "../chain/offering";
import { now, session } from "../chain/session";
import type { SpotBook } from "../chain/spot";
import { t } from "../i18n";
import { deadlineAfter } from "../model/deadline";
import { type Fillable, spotCost } from "../model/spot";
import { decimalOf, hashrateOf } from "../model/typed";
import { formatExact } from "../model/units";
import { language } from "../settings/choices";
import { cancelSpot, offerSpot } from "../wallet/spot";
import { account } from "../wallet/wallet";
import { Dialog } from "./dialog";
import { draftOf } from "./draft";
import { Field } from "./field";
import { canAct, exactThs } from "./form_input";
import { chainLabel, Money as MoneyText, timeText } from "./numbers";
import { spot } from "./spot_texts";
import { committedOf, type Traded } from "./spot_trade";
import { Term } from "./term";

interface OfferProps {
  readonly token: Traded;
  readonly book: SpotBook;
  readonly own: readonly Fillable[];
}

const MAX_DAYS = 90;
const PERCENT_DECIMALS = 16;

interface Draft {
  readonly quantity: bigint;
  readonly price: bigint;
  readonly deadline: bigint;
}

/** A price of one's own, in words. */
function priceText(price: bigint, isPerRemaining: boolean, money: Money): string {
  if (isPerRemaining) {
    return spot.value.priceOfRest(formatExact(price, PERCENT_DECIMALS, language.value));
  }
  const each = formatExact(price, money.decimals, language.value);
  return spot.value.each(each, chainLabel(money.symbol));
}

export function SpotOffer({ token, book, own }: OfferProps) {
  const { money, remaining } = book;
  const key = `${token.address} ${money.address}`;
  const amount = draftOf(`spot-offer ${key}`);
  const price = draftOf(`spot-offer-price ${key}`);
  const days = draftOf(`spot-offer-days ${key}`, "7");
  const draft = useSignal<Draft | undefined>(undefined);
  const isAsked = useSignal(false);
  const quantity = hashrateOf(amount.value);
  const wanted = decimalOf(price.value, token.isAmortising ? PERCENT_DECIMALS : money.decimals);
  const span = /^\d{1,2}$/.test(days.value.trim()) ? Number(days.value) : 0;
  const problems = {
    amount: amountProblem(quantity, token.balance),
    price: wanted ? undefined : spot.value.badPrice,
    days: span >= 1 && span <= MAX_DAYS ? undefined : spot.value.badDays,
  };
  const look = (event: Event) => {
    event.preventDefault();
    isAsked.value = true;
    const current = session.value;
    const isFine = Object.values(problems).every((problem) => problem === undefined);
    if (!isFine || !quantity || !wanted || current === undefined) return;
    const { isSimulated } = current.deployment;
    const deadline = deadlineAfter(span, now.value, Date.now() / 1000, isSimulated);
    draft.value = { quantity, price: wanted, deadline };
  };
  const sign = async () => {
    const signed = draft.value;
    const current = session.value;
    draft.value = undefined;
    if (signed === undefined || current === undefined || account.value === undefined) return;
    const isDone = await offerSpot(current, account.value, {
      ...{ token: token.address, money: money.address, isPerRemaining: token.isAmortising },
      ...signed,
      committed: committedOf(own, token.address, remaining),
    });
    if (!isDone) return;
    isAsked.value = false;
    amount.value = "";
  };
  const shown = (name: keyof typeof problems) => (isAsked.value ? problems[name] : undefined);
  return (
    <form onSubmit={look} noValidate data-testid="spot-offer-form">
      <h4>{spot.value.own}</h4>
      <Field
        label={spot.value.amount(chainLabel(token.symbol))}
        value={amount.value}
        problem={shown("amount")}
        hint={spot.value.youHave(exactThs(token.balance))}
        mode="decimal"
        onInput={(value) => {
          amount.value = value;
        }}
      />
      <button
        type="button"
        class="quiet"
        onClick={() => {
          amount.value = exactThs(token.balance);
        }}
      >
        {t.value.forms.transfer.max}
      </button>
      <Field
        label={
          token.isAmortising ? spot.value.ownPercent : spot.value.ownPrice(chainLabel(money.symbol))
        }
        value={price.value}
        problem={shown("price")}
        mode="decimal"
        onInput={(value) => {
          price.value = value;
        }}
      />
      <Field
        label={spot.value.days}
        value={days.value}
        problem={shown("days")}
        mode="numeric"
        onInput={(value) => {
          days.value = value;
        }}
      />
      <button type="submit" disabled={!canAct()}>
        {spot.value.review}
      </button>
      {draft.value !== undefined && (
        <Review
          token={token}
          book={book}
          draft={draft.value}
          onSign={() => void sign()}
          onClose={() => {
            draft.value = undefined;
          }}
        />
      )}
    </form>
  );
}

function amountProblem(quantity: bigint | undefined, balance: bigint): string | undefined {
  if (quantity === undefined) return spot.value.badAmount;
  if (quantity === 0n) return spot.value.noAmount;
  return quantity > balance ? spot.value.youHaveLess : undefined;
}

interface ReviewProps {
  readonly token: Traded;
  readonly book: SpotBook;
  readonly draft: Draft;
  readonly onSign: () => void;
  readonly onClose: () => void;
}

/** The order in plain words, before the signature. */
function Review({ token, book: { money, remaining }, draft, onSign, onClose }: ReviewProps) {
  const { quantity, price, deadline } = draft;
  const terms = { is_buy: false, is_per_remaining: token.isAmortising, price };
  const total = spotCost(terms, quantity, remaining);
  return (
    <Dialog title={spot.value.review} onClose={onClose}>
      <p data-testid="spot-words">
        <strong>
          {spot.value.words(
            exactThs(quantity),
            chainLabel(token.symbol),
            priceText(price, token.isAmortising, money),
            timeText(deadline),
          )}
        </strong>{" "}
        {spot.value.wordsParts}
      </p>
      <p>
        {spot.value.wordsAll}{" "}
        <strong>
          <MoneyText
            base={total}
            decimals={money.decimals}
            symbol={money.symbol}
            testid="spot-total"
          />
        </strong>
      </p>
      {token.isAmortising && <p>{spot.value.wordsRest}</p>}
      <p>{spot.value.wordsKeep}</p>
      <p>
        {spot.value.approve} {spot.value.wordsCancel}
      </p>
      <p class="actions">
        <button type="button" class="secondary outline" onClick={onClose}>
          {spot.value.back}
        </button>
        <button type="button" data-testid="spot-sign" disabled={!canAct()} onClick={onSign}>
          {spot.value.sign}
        </button>
      </p>
    </Dialog>
  );
}

interface OpenProps {
  readonly orders: readonly Fillable[];
  readonly moneys: readonly Money[];
  /** The symbol of a token that the page knows. */
  readonly nameOf: (token: string) => string;
}

/** What the account has signed and not cancelled, as far as the relay lists it. */
export function OpenOrders({ orders, moneys, nameOf }: OpenProps) {
  if (orders.length === 0) return null;
  return (
    <section class="panel" aria-label={spot.value.openOrders}>
      <h2>
        <Term word="order">{spot.value.openOrders}</Term>
      </h2>
      <ul class="plain">
        {orders.map((each) => (
          <Open key={each.signature} open={each} moneys={moneys} nameOf={nameOf} />
        ))}
      </ul>
    </section>
  );
}

function Open({ open, moneys, nameOf }: Omit<OpenProps, "orders"> & { open: Fillable }) {
  const { order, left } = open;
  const money = moneys.find(({ address }) => address === order.money);
  if (money === undefined) return null;
  const words = order.is_buy ? spot.value.openBid : spot.value.openAsk;
  const cancel = () => {
    const current = session.value;
    if (current !== undefined && account.value !== undefined) {
      void cancelSpot(current, account.value, order);
    }
  };
  return (
    <li data-testid="spot-open">
      {words(
        exactThs(left),
        chainLabel(nameOf(order.token)),
        priceText(order.price, order.is_per_remaining, money),
      )}{" "}
      · {spot.value.until(timeText(order.deadline))}{" "}
      <button type="button" class="quiet" disabled={!canAct()} onClick={cancel}>
        {spot.value.cancel}
      </button>
    </li>
  );
}
