// SPDX-License-Identifier: AGPL-3.0-only
// One token on the spot market: buying from the best offers, selling to the best bids or at a price of
// one's own. Every number is the chain's word or worked out as the contract does.

import type { ComponentChildren } from "preact";
import type { Money } from "../chain/offering";
import { now } from "../chain/session";
import type { SpotBook } from "../chain/spot";
import { t } from "../i18n";
import { deadlineAfter } from "../model/deadline";
import {
  type Fillable,
  type OpenSpot,
  type SpotTaking,
  spotPriceWad,
  sweepSpot,
} from "../model/spot";
import { decimalOf } from "../model/typed";
import { ceilDiv, formatExact, min, WAD } from "../model/units";
import { language } from "../settings/choices";
import { takeSpot } from "../wallet/spot";
import { account } from "../wallet/wallet";
import { AmountForm } from "./amount_form";
import { draftOf } from "./draft";
import { DraftField } from "./field";
import { exactThs } from "./form_input";
import { chainLabel, Fact, Money as MoneyText } from "./numbers";
import { Approval } from "./spot_approval";
import { SpotOffer } from "./spot_offer";
import { spot } from "./spot_texts";
import { assetOf, committedOf, priceDecimals, type Traded } from "./spot_trade";
import { Term } from "./term";

interface SpotProps {
  readonly token: Traded;
  readonly book: SpotBook;
  /** The account's own open orders. */
  readonly own: readonly OpenSpot[];
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

/** Buying from whoever asks least, and from those after it. */
export function SpotBuy({ token, book, own, children }: SpotProps & Children) {
  const [best] = book.asks;
  if (best === undefined) return <p class="empty">{spot.value.none}</p>;
  const first = atBest(book.asks, book.remaining);
  return (
    <>
      <dl class="facts">
        <Fact name={<Term word="ask">{spot.value.price}</Term>}>
          <strong>
            <SpotPrice offer={best} money={book.money} testid="spot-price" />
          </strong>
        </Fact>
        <Fact name={spot.value.left}>
          <Left offers={first} testid="spot-left" />
        </Fact>
      </dl>
      {book.asks.length > first.length && (
        <p class="hint">
          {spot.value.more(formatExact(BigInt(book.asks.length - first.length), 0, language.value))}
        </p>
      )}
      {children}
      <TakeForm token={token} book={book} own={own} side={book.asks} />
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
              <Left offers={atBest(book.bids, book.remaining)} testid="spot-bid-left" />
            </Fact>
          </dl>
          <TakeForm token={token} book={book} own={own} side={book.bids} />
        </>
      )}
      <SpotOffer token={token} book={book} own={own} isBuy={false} />
    </div>
  );
}

/** Buying at a price of one's own, from whoever wants it. */
export function SpotBid({ token, book, own }: SpotProps) {
  if (account.value === undefined) return null;
  return (
    <details data-testid="spot-bid-own">
      <summary>{spot.value.ownBid}</summary>
      <SpotOffer token={token} book={book} own={own} isBuy={true} />
    </details>
  );
}

/** Orders at the best price of a side. */
function atBest(side: readonly Fillable[], remaining: bigint): readonly Fillable[] {
  const [best] = side;
  if (best === undefined) return [];
  const price = spotPriceWad(best.order, remaining);
  return side.filter(({ order }) => spotPriceWad(order, remaining) === price);
}

function Left({ offers, testid }: { offers: readonly Fillable[]; testid: string }) {
  const left = sumOf(offers);
  return (
    <span class="number" data-testid={testid} data-base-units={left.toString()}>
      {exactThs(left)}
    </span>
  );
}

function sumOf(offers: readonly Fillable[]): bigint {
  return offers.reduce((sum, { left }) => sum + left, 0n);
}

interface TakeProps extends SpotProps {
  /** What can be taken, best first; one at least. */
  readonly side: readonly Fillable[];
}

/** Taking from the best orders on, each at its own price, up to the worst price that is wanted. */
function TakeForm({ token, book, own, side }: TakeProps) {
  const texts = spot.value;
  const { money, remaining } = book;
  const isBuying = side[0]?.order.is_buy === false;
  const given = isBuying ? money : assetOf(token);
  const name = `${isBuying ? "spot-buy" : "spot-sell"} ${token.address} ${money.address}`;
  const typed = draftOf(`${name} worst`);
  const best = side[0] === undefined ? 0n : spotPriceWad(side[0].order, remaining);
  const unit = token.isAmortising ? remaining : WAD;
  const worst = decimalOf(typed.value, priceDecimals(token, money));
  const badPrice = typed.value !== "" && !worst ? texts.badPrice : undefined;
  const worstWad = typed.value === "" || worst === undefined ? best : worst * unit;
  const take = (quantity: bigint) => sweepSpot(side, account.value, quantity, worstWad, remaining);
  const most = take(sumOf(side)).quantity;
  const costOf = (found: SpotTaking) =>
    committedOf(own, given.address) + (isBuying ? found.cost : found.quantity);
  return (
    <AmountForm
      testid={isBuying ? "spot-buy-form" : "spot-sell-form"}
      name={name}
      label={texts.amount(chainLabel(token.symbol))}
      button={isBuying ? texts.buy : texts.sell}
      hint={isBuying ? undefined : texts.youHave(exactThs(token.balance))}
      fill={{
        text: isBuying ? texts.all : t.value.forms.transfer.max,
        amount: isBuying || most < token.balance ? most : token.balance,
      }}
      problemOf={(quantity) =>
        problemOf(side, quantity, take(quantity ?? 0n), token, money) ?? badPrice
      }
      outcome={(quantity) => (
        <Outcome {...{ given, money, isBuying }} taking={take(quantity)} needed={costOf} />
      )}
      onSend={async (current, holder, quantity) => {
        const isDone = await takeSpot(current, holder, {
          fills: take(quantity).fills,
          committed: committedOf(own, given.address),
          deadline: deadlineAfter(1, now.value, Date.now() / 1000, current.deployment.isSimulated),
        });
        if (isDone) typed.value = "";
        return isDone;
      }}
    >
      {(typed.value !== "" || side.length > atBest(side, remaining).length) && (
        <DraftField
          label={(isBuying ? texts.worstAsk : texts.worstBid)(
            token.isAmortising ? texts.percentOfRest : chainLabel(money.symbol),
          )}
          text={typed}
          problem={badPrice}
          hint={texts.worstHint}
          mode="decimal"
        />
      )}
      <p class="hint">{texts.checked}</p>
    </AmountForm>
  );
}

interface OutcomeProps {
  readonly taking: SpotTaking;
  readonly money: Money;
  readonly given: Omit<Money, "balance">;
  readonly isBuying: boolean;
  /** [base units] of what is given that the market has to be allowed to take */
  readonly needed: (taking: SpotTaking) => bigint;
}

/** What is paid or received, of how many orders, and what is approved before. */
function Outcome({ taking, money, given, isBuying, needed }: OutcomeProps) {
  const texts = spot.value;
  const { fills, cost, quantity } = taking;
  // against the taker: it pays no more than this, or gets no less
  const mean = isBuying ? ceilDiv(cost * WAD, quantity) : (cost * WAD) / quantity;
  const last = fills.at(-1);
  return (
    <div data-testid="spot-taking">
      <p>
        {isBuying ? texts.pay : texts.get}{" "}
        <strong>
          <MoneyText
            base={cost}
            decimals={money.decimals}
            symbol={money.symbol}
            testid={isBuying ? "spot-cost" : "spot-proceeds"}
          />
        </strong>
      </p>
      {fills.length > 1 && last !== undefined && (
        <p>
          {texts.fromOrders(
            formatExact(BigInt(fills.length), 0, language.value),
            texts.each(formatExact(mean, money.decimals, language.value), chainLabel(money.symbol)),
          )}{" "}
          {texts.lastPrice} <SpotPrice offer={last.offer} money={money} testid="spot-last" />
          {texts.stop}
          {texts.passedOver}
        </p>
      )}
      <Approval asset={given} needed={needed(taking)} isSignature={fills.length === 1} />
    </div>
  );
}

function problemOf(
  side: readonly Fillable[],
  quantity: bigint | undefined,
  { quantity: taken, cost, fills }: SpotTaking,
  token: Traded,
  money: Money,
): string | undefined {
  const texts = spot.value;
  const [best] = side;
  if (quantity === undefined || best === undefined) return texts.badAmount;
  if (quantity === 0n) return texts.noAmount;
  const { order, left } = best;
  const least = min(order.minimum_quantity, left);
  if (fills.length === 0 && quantity < least) {
    return (order.is_buy ? texts.tooLittleBid : texts.tooLittle)(exactThs(least));
  }
  if (quantity > taken) return texts.tooMuch(exactThs(taken));
  if (account.value === undefined) return undefined;
  if (order.is_buy) return quantity > token.balance ? texts.youHaveLess : undefined;
  if (cost <= money.balance) return undefined;
  const has = formatExact(money.balance, money.decimals, language.value);
  return texts.tooDear(has, chainLabel(money.symbol));
}
