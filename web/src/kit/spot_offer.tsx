// SPDX-License-Identifier: AGPL-3.0-only
// An order of one's own: what is typed, the order in plain words, the signature; and those open.

import { useSignal } from "@preact/signals";
import type { Money } from "../chain/offering";
import { now, session } from "../chain/session";
import type { SpotBook } from "../chain/spot";
import { t } from "../i18n";
import { deadlineAfter } from "../model/deadline";
import { type OpenSpot, spotCost } from "../model/spot";
import { decimalOf, hashrateOf } from "../model/typed";
import { formatExact } from "../model/units";
import { language } from "../settings/choices";
import { cancelSpot, offerSpot } from "../wallet/spot";
import { account } from "../wallet/wallet";
import { ActButton, SubmitButton } from "./act_button";
import { Dialog } from "./dialog";
import { draftOf } from "./draft";
import { DraftField } from "./field";
import { canAct, exactThs } from "./form_input";
import { chainLabel, Money as MoneyText, timeText } from "./numbers";
import { Approval } from "./spot_approval";
import { spot } from "./spot_texts";
import { assetOf, committedOf, PERCENT_DECIMALS, priceDecimals, type Traded } from "./spot_trade";
import { Term } from "./term";

interface OfferProps {
  readonly token: Traded;
  readonly book: SpotBook;
  readonly own: readonly OpenSpot[];
  readonly isBuy: boolean;
}

const MAX_DAYS = 90;

interface Draft {
  readonly quantity: bigint;
  readonly price: bigint;
  readonly deadline: bigint;
  /** [money base units] for all of it, as things are */
  readonly total: bigint;
  /** [base units] of what is given that the market may take then, for all open orders */
  readonly needed: bigint;
}

/** A price of one's own, in words. */
function priceText(price: bigint, isPerRemaining: boolean, money: Money): string {
  if (isPerRemaining) {
    return spot.value.priceOfRest(formatExact(price, PERCENT_DECIMALS, language.value));
  }
  const each = formatExact(price, money.decimals, language.value);
  return spot.value.each(each, chainLabel(money.symbol));
}

/** An order at a price of one's own: a bid, or an offer of what one has. */
export function SpotOffer({ token, book, own, isBuy }: OfferProps) {
  const { money, remaining } = book;
  const name = isBuy ? "spot-bid" : "spot-offer";
  const key = `${token.address} ${money.address}`;
  const amount = draftOf(`${name} ${key}`);
  const price = draftOf(`${name}-price ${key}`);
  const days = draftOf(`${name}-days ${key}`, "7");
  const draft = useSignal<Draft | undefined>(undefined);
  const isAsked = useSignal(false);
  const quantity = hashrateOf(amount.value);
  const wanted = decimalOf(price.value, priceDecimals(token, money));
  const termsOf = (of: bigint) => ({
    ...{ is_buy: isBuy, is_per_remaining: token.isAmortising, price: of },
  });
  const total = spotCost(termsOf(wanted ?? 0n), quantity ?? 0n, remaining);
  const span = /^\d{1,2}$/.test(days.value.trim()) ? Number(days.value) : 0;
  const problems = {
    amount: amountProblem(quantity, isBuy ? undefined : token.balance),
    total: isBuy ? totalProblem(total, money) : undefined,
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
    const given = isBuy ? money.address : token.address;
    const needed = committedOf(own, given) + (isBuy ? total : quantity);
    draft.value = { quantity, price: wanted, deadline, total, needed };
  };
  const sign = async () => {
    const signed = draft.value;
    const current = session.value;
    draft.value = undefined;
    if (signed === undefined || current === undefined || account.value === undefined) return;
    const isDone = await offerSpot(current, account.value, {
      ...{ token: token.address, money: money.address, isPerRemaining: token.isAmortising },
      ...{ isBuy, quantity: signed.quantity, price: signed.price, deadline: signed.deadline },
      taken: { token: isBuy ? money.address : token.address, amount: signed.needed },
    });
    if (!isDone) return;
    isAsked.value = false;
    amount.value = "";
  };
  const shown = (name: keyof typeof problems) => (isAsked.value ? problems[name] : undefined);
  return (
    <form onSubmit={look} noValidate data-testid={`${name}-form`}>
      {!isBuy && <h4>{spot.value.own}</h4>}
      <DraftField
        label={spot.value.amount(chainLabel(token.symbol))}
        text={amount}
        problem={shown("amount")}
        hint={isBuy ? undefined : spot.value.youHave(exactThs(token.balance))}
        mode="decimal"
      />
      {!isBuy && (
        <button
          type="button"
          class="quiet"
          onClick={() => {
            amount.value = exactThs(token.balance);
          }}
        >
          {t.value.forms.transfer.max}
        </button>
      )}
      <DraftField
        label={
          token.isAmortising ? spot.value.ownPercent : spot.value.ownPrice(chainLabel(money.symbol))
        }
        text={price}
        problem={shown("price") ?? shown("total")}
        hint={isBuy ? haveText(money) : undefined}
        mode="decimal"
      />
      <DraftField label={spot.value.days} text={days} problem={shown("days")} mode="numeric" />
      <SubmitButton>{spot.value.review}</SubmitButton>
      {draft.value !== undefined && (
        <Review
          {...{ token, book, isBuy }}
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

function amountProblem(quantity: bigint | undefined, most: bigint | undefined) {
  if (quantity === undefined) return spot.value.badAmount;
  if (quantity === 0n) return spot.value.noAmount;
  return most !== undefined && quantity > most ? spot.value.youHaveLess : undefined;
}

function totalProblem(total: bigint, money: Money): string | undefined {
  if (total === 0n) return spot.value.noAmount;
  if (account.value === undefined || total <= money.balance) return undefined;
  const has = formatExact(money.balance, money.decimals, language.value);
  return spot.value.tooDear(has, chainLabel(money.symbol));
}

function haveText({ balance, decimals, symbol }: Money): string | undefined {
  if (account.value === undefined) return undefined;
  const has = formatExact(balance, decimals, language.value);
  return spot.value.youHave(`${has} ${chainLabel(symbol)}`);
}

interface ReviewProps extends Pick<OfferProps, "token" | "book" | "isBuy"> {
  readonly draft: Draft;
  readonly onSign: () => void;
  readonly onClose: () => void;
}

/** The order in plain words, before the signature. */
function Review({ token, book: { money }, isBuy, draft, onSign, onClose }: ReviewProps) {
  const texts = spot.value;
  const { quantity, price, deadline, total, needed } = draft;
  return (
    <Dialog title={texts.review} onClose={onClose}>
      <p data-testid="spot-words">
        <strong>
          {(isBuy ? texts.wordsBid : texts.words)(
            exactThs(quantity),
            chainLabel(token.symbol),
            priceText(price, token.isAmortising, money),
            timeText(deadline),
          )}
        </strong>{" "}
        {isBuy ? texts.wordsPartsBid : texts.wordsParts}
      </p>
      <p>
        {isBuy ? texts.wordsAllBid : texts.wordsAll}{" "}
        <strong>
          <MoneyText
            base={total}
            decimals={money.decimals}
            symbol={money.symbol}
            testid="spot-total"
          />
        </strong>
      </p>
      {token.isAmortising && <p>{texts.wordsRest}</p>}
      <p>{isBuy ? texts.wordsKeepBid : texts.wordsKeep}</p>
      <Approval asset={isBuy ? money : assetOf(token)} needed={needed} isSignature={false} />
      <p>{texts.wordsCancel}</p>
      <p class="actions">
        <button type="button" class="secondary outline" onClick={onClose}>
          {texts.back}
        </button>
        <button type="button" data-testid="spot-sign" disabled={!canAct()} onClick={onSign}>
          {texts.sign}
        </button>
      </p>
    </Dialog>
  );
}

interface OpenProps {
  readonly orders: readonly OpenSpot[];
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

function Open({ open, moneys, nameOf }: Omit<OpenProps, "orders"> & { open: OpenSpot }) {
  const { order, left } = open;
  const money = moneys.find(({ address }) => address === order.money);
  if (money === undefined) return null;
  const words = order.is_buy ? spot.value.openBid : spot.value.openAsk;
  return (
    <li data-testid="spot-open">
      {words(
        exactThs(left),
        chainLabel(nameOf(order.token)),
        priceText(order.price, order.is_per_remaining, money),
      )}{" "}
      · {spot.value.until(timeText(order.deadline))}{" "}
      <ActButton class="quiet" work={(current) => cancelSpot(current, order)}>
        {spot.value.cancel}
      </ActButton>
    </li>
  );
}
