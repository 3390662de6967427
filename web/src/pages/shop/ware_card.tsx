// SPDX-License-Identifier: AGPL-3.0-only
// One series that is for sale: its prices, what it may come to, and all that counts before the button.

import type { Money as Coin, Round } from "../../chain/offering";
import type { Series } from "../../chain/series";
import { now } from "../../chain/session";
import type { SpotBook } from "../../chain/spot";
import type { Ware } from "../../chain/wares";
import { means, oracleState } from "../../kit/chain_data";
import { EarnsNow } from "../../kit/earns_now";
import { chainLabel, dayText, Fact, Hashrate, Money, Percent, Time } from "../../kit/numbers";
import { SeriesFacts, SeriesHead } from "../../kit/series_facts";
import { SpotBid, SpotBuy, SpotPrice } from "../../kit/spot_panel";
import { spot } from "../../kit/spot_texts";
import { Term } from "../../kit/term";
import { costInReward, LOT_THS, MAX_DAYS, outlook, yearlyBps } from "../../model/payback";
import type { OpenSpot } from "../../model/spot";
import { DAY_SECONDS, formatExact, WAD } from "../../model/units";
import { language } from "../../settings/choices";
import { assumptions } from "./assumptions";
import { BuyForm } from "./buy_form";
import { tradedOf } from "./sell_card";
import { shop } from "./texts";

const SATOSHI = 2n;
const USD = 4n;

type Kind = "bitcoin" | "dollar";

/** What a round's money is worth: by its pricing, or because rewards are paid in it; else a dollar. */
function kindOf({ terms, series }: Round): Kind {
  const isBitcoin = terms.pricing === SATOSHI || terms.money === series.rewardToken;
  return isBitcoin && terms.pricing !== USD ? "bitcoin" : "dollar";
}

/** The same for money that holders ask for. */
function kindOfMoney({ address }: Coin, { rewardToken }: Series): Kind {
  return address === rewardToken ? "bitcoin" : "dollar";
}

interface WareProps {
  readonly ware: Ware;
  readonly own: readonly OpenSpot[];
  readonly height: bigint | undefined;
}

export function WareCard({ ware, own, height }: WareProps) {
  const { series, rounds, books } = ware;
  const offered = books.filter(({ asks }) => asks.length > 0);
  return (
    <article class="card" data-testid="offer" data-series={series.address}>
      <SeriesHead series={series} />
      {rounds.map((round) => (
        <section key={round.number} class="way">
          <h4>
            {shop.value.issuer} ·{" "}
            <Term word="round">
              {shop.value.round(formatExact(round.number, 0, language.value))}
            </Term>
          </h4>
          <Price round={round} />
          {round.price !== undefined && (
            <Prospects
              series={series}
              money={round.money}
              price={round.price}
              kind={kindOf(round)}
              height={height}
            />
          )}
        </section>
      ))}
      {offered.map((book) => (
        <FromHolders key={book.money.address} series={series} book={book} height={height} />
      ))}
      <EarnsNow series={series} />
      <section aria-label={shop.value.facts}>
        <SeriesFacts series={series} />
      </section>
      <section>
        <h4>{shop.value.before}</h4>
        <ul class="conditions">
          <li data-testid="power-rule">{shop.value.powerRule}</li>
          <li data-testid="default-history">
            <DefaultHistory series={series} />
          </li>
          {series.terms.guaranteed_uptime_bps === 0n && <li>{shop.value.passThrough}</li>}
        </ul>
      </section>
      {rounds.map((round) => (
        <section key={round.number} class="way">
          <h4>
            {shop.value.issuer} · {shop.value.round(formatExact(round.number, 0, language.value))}
          </h4>
          <RoundConditions round={round} />
          <BuyForm round={round} />
        </section>
      ))}
      {offered.map((book) => (
        <section key={book.money.address} class="way">
          <h4>{spot.value.title}</h4>
          <SpotBuy token={tradedOf(ware)} book={book} own={own}>
            <ul class="conditions">
              <li>{spot.value.noRefund}</li>
              {kindOfMoney(book.money, series) === "dollar" && <Dollar money={book.money} />}
            </ul>
          </SpotBuy>
        </section>
      ))}
      {books.map((book) => (
        <SpotBid key={book.money.address} token={tradedOf(ware)} book={book} own={own} />
      ))}
    </article>
  );
}

interface FromHoldersProps {
  readonly series: Series;
  readonly book: SpotBook;
  readonly height: bigint | undefined;
}

/** What the best offer of another holder may come to. */
function FromHolders({ series, book: { money, asks }, height }: FromHoldersProps) {
  const [best] = asks;
  if (best === undefined) return null;
  const { price } = best.order;
  const kind = kindOfMoney(money, series);
  return (
    <section class="way" data-testid="from-holders">
      <h4>{spot.value.title}</h4>
      <dl class="facts">
        <Fact name={<Term word="ask">{spot.value.price}</Term>}>
          <strong>
            <SpotPrice offer={best} money={money} testid="best-ask-of-holders" />
          </strong>
        </Fact>
      </dl>
      <Prospects series={series} money={money} price={price} kind={kind} height={height} />
    </section>
  );
}

function RoundConditions({ round }: { round: Round }) {
  const { terms, money } = round;
  return (
    <ul class="conditions">
      <li>
        {shop.value.delivery(
          formatExact(terms.delivery_days, 0, language.value),
          dayText(terms.first_day),
          dayText(terms.first_day + terms.delivery_days - 1n),
        )}
      </li>
      <li data-testid="refund-rule">
        {shop.value.refundRule}{" "}
        {terms.refunds_early_end ? shop.value.refundEnds : shop.value.refundEndsNot}
      </li>
      {kindOf(round) === "dollar" && <Dollar money={money} />}
    </ul>
  );
}

function Dollar({ money }: { money: Coin }) {
  return <li>{shop.value.believe.dollar(chainLabel(money.symbol))}</li>;
}

/** Days that were not paid in full when they were settled, and what became of them. */
function DefaultHistory({ series: { progress, terms, ledger, ...series } }: { series: Series }) {
  const count = (value: bigint) => formatExact(value, 0, language.value);
  const settled = progress.next_day - terms.start_day;
  if (settled <= 0n) return <>{shop.value.history.none}</>;
  if (progress.shortfalls === 0n) return <>{shop.value.history.never(count(settled))}</>;
  return (
    <>
      {shop.value.history.short(
        count(progress.shortfalls),
        count(settled),
        count(progress.repaid_shortfalls),
      )}{" "}
      {ledger.arrears > 0n && (
        <strong>
          {shop.value.history.owed}{" "}
          <Money
            base={ledger.arrears}
            decimals={series.rewardDecimals}
            symbol={series.rewardSymbol}
            testid="owed-now"
          />
        </strong>
      )}
    </>
  );
}

function Price({ round }: { round: Round }) {
  const { terms, money, price } = round;
  const isFalling = terms.price_days === 0n && terms.low_price < terms.high_price;
  return (
    <dl class="facts">
      <Fact name={shop.value.price}>
        <strong>
          <Money
            base={price ?? 0n}
            decimals={money.decimals}
            symbol={money.symbol}
            testid="price"
          />
        </strong>
        {terms.price_days > 0n && (
          <small> {shop.value.follows(formatExact(terms.price_days, 0, language.value))}</small>
        )}
        {isFalling && (
          <small>
            {" "}
            {shop.value.falling(formatExact(terms.low_price, money.decimals, language.value))}
          </small>
        )}
      </Fact>
      <Fact name={shop.value.left}>
        <Hashrate ths={terms.unsold_ths} testid="left" />
      </Fact>
      <Fact name={shop.value.until}>
        <Time at={terms.closes_at} />
      </Fact>
    </dl>
  );
}

interface ProspectsProps {
  readonly series: Series;
  readonly money: Coin;
  /** [money base units per TH/s] */
  readonly price: bigint;
  readonly kind: Kind;
  readonly height: bigint | undefined;
}

/** Yield and payback, of a lot large enough that roundings say nothing. */
function Prospects({ series, money, price, kind, height }: ProspectsProps) {
  const mean = means.value.get(series.address);
  const market = oracleState.value?.newest;
  const believed = assumptions.value;
  if (believed === undefined || market === undefined) return null;
  const lot = (price * LOT_THS) / WAD;
  const cost = costInReward(lot, money.decimals, kind, believed, series.rewardDecimals);
  const costWad = (cost * WAD * WAD) / (LOT_THS * series.basePerSat);
  return (
    <dl class="facts wide">
      <Fact name={<Term word="yield">{shop.value.yield}</Term>}>
        <span data-testid="yield">
          <Percent bps={mean && yearlyBps(mean.net, costWad)} />
        </span>
        <small class="sentence">{shop.value.yieldHint}</small>
      </Fact>
      {height !== undefined && (
        <Fact name={<Term word="payback">{shop.value.payback}</Term>}>
          <Payback
            result={outlook(series.terms, series.basePerSat, cost, believed, {
              hashpriceWad: market.hashpriceWad,
              height,
              days: daysLeft(series),
            })}
          />
        </Fact>
      )}
    </dl>
  );
}

function Payback({ result }: { result: ReturnType<typeof outlook> }) {
  const { paybackDays, backBps, stopDay, days } = result;
  const today = BigInt(now.value) / DAY_SECONDS;
  const count = (value: number) => formatExact(BigInt(value), 0, language.value);
  return (
    <span data-testid="payback" data-days={paybackDays ?? "never"} data-back={backBps.toString()}>
      {paybackDays === undefined
        ? shop.value.paybackNever(count(days), formatExact(backBps, 2, language.value))
        : shop.value.paybackDays(count(paybackDays), dayText(today + BigInt(paybackDays)))}
      {stopDay !== undefined && (
        <small class="overrun sentence">
          {stopDay === 0 ? shop.value.stopNow : shop.value.stop(dayText(today + BigInt(stopDay)))}
        </small>
      )}
    </span>
  );
}

function daysLeft({ progress }: Series): number {
  const left = progress.end_day - BigInt(now.value) / DAY_SECONDS;
  return left < BigInt(MAX_DAYS) ? Math.max(Number(left), 0) : MAX_DAYS;
}
