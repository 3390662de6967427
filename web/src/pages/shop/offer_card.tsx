// SPDX-License-Identifier: AGPL-3.0-only
// One round that is open: its price, what it may come to, and all that counts before the button.

import type { Round } from "../../chain/offering";
import { now } from "../../chain/session";
import { means, oracleState } from "../../kit/chain_data";
import { EarnsNow } from "../../kit/earns_now";
import { ChainText, dayText, Fact, Hashrate, Money, Percent, Time } from "../../kit/numbers";
import { href } from "../../kit/router";
import { SeriesFacts, SeriesMarks } from "../../kit/series_facts";
import { costInReward, LOT_THS, MAX_DAYS, outlook, yearlyBps } from "../../model/payback";
import { DAY_SECONDS, formatExact, WAD } from "../../model/units";
import { language } from "../../settings/choices";
import { assumptions } from "./assumptions";
import { BuyForm } from "./buy_form";
import { shop } from "./texts";

const SATOSHI = 2n;
const USD = 4n;

/** What a money is worth: by its pricing, or because rewards are paid in it; else a dollar. */
function kindOf({ terms, series }: Round): "bitcoin" | "dollar" {
  const isBitcoin = terms.pricing === SATOSHI || terms.money === series.rewardToken;
  return isBitcoin && terms.pricing !== USD ? "bitcoin" : "dollar";
}

export function OfferCard({ round, height }: { round: Round; height: bigint | undefined }) {
  const { series, terms, number } = round;
  return (
    <article class="card" data-testid="offer" data-round={number.toString()}>
      <header>
        <h3>
          <a href={href("series", series.address)}>
            <ChainText text={series.name} />
          </a>
        </h3>
        <p>
          <ChainText text={series.symbol} /> · <ChainText text={series.site} />
        </p>
        <SeriesMarks series={series} />
      </header>
      <Price round={round} />
      <Prospects round={round} height={height} />
      <EarnsNow series={series} />
      <section aria-label={shop.value.facts}>
        <SeriesFacts series={series} />
      </section>
      <section>
        <h4>{shop.value.before}</h4>
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
          {series.terms.guaranteed_uptime_bps === 0n && <li>{shop.value.passThrough}</li>}
          {kindOf(round) === "dollar" && (
            <li>
              <bdi>{shop.value.believe.dollar(round.money.symbol)}</bdi>
            </li>
          )}
        </ul>
      </section>
      <BuyForm round={round} />
    </article>
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

/** Yield and payback, of a lot large enough that roundings say nothing. */
function Prospects({ round, height }: { round: Round; height: bigint | undefined }) {
  const { series, money, price } = round;
  const mean = means.value.get(series.address);
  const market = oracleState.value?.newest;
  const believed = assumptions.value;
  if (believed === undefined || market === undefined || price === undefined) return null;
  const lot = (price * LOT_THS) / WAD;
  const cost = costInReward(lot, money.decimals, kindOf(round), believed, series.rewardDecimals);
  const costWad = (cost * WAD * WAD) / (LOT_THS * series.basePerSat);
  return (
    <dl class="facts wide">
      <Fact name={shop.value.yield}>
        <span data-testid="yield">
          <Percent bps={mean && yearlyBps(mean.net, costWad)} />
        </span>
        <small> {shop.value.yieldHint}</small>
      </Fact>
      {height !== undefined && (
        <Fact name={shop.value.payback}>
          <Payback
            result={outlook(series.terms, series.basePerSat, cost, believed, {
              hashpriceWad: market.hashpriceWad,
              height,
              days: daysLeft(round),
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
        <small class="overrun">
          {" "}
          {stopDay === 0 ? shop.value.stopNow : shop.value.stop(dayText(today + BigInt(stopDay)))}
        </small>
      )}
    </span>
  );
}

function daysLeft({ series }: Round): number {
  const left = series.progress.end_day - BigInt(now.value) / DAY_SECONDS;
  return left < BigInt(MAX_DAYS) ? Math.max(Number(left), 0) : MAX_DAYS;
}
