// SPDX-License-Identifier: AGPL-3.0-only
// What the account bought: what it paid, what was delivered, what it would get back, and what it
// has come to so far.

import type { Address } from "viem";
import type { Money as Coin, Round } from "../../chain/offering";
import { type Dealing, readDealings, readEarned } from "../../chain/result";
import type { Series } from "../../chain/series";
import type { Session } from "../../chain/session";
import { ActButton } from "../../kit/act_button";
import { exactThs } from "../../kit/form_input";
import { ChainText, Fact, Hashrate, Money, Percent } from "../../kit/numbers";
import { Term } from "../../kit/term";
import { useRead } from "../../kit/use_read";
import { bpsOf, DAY_SECONDS, formatExact, min } from "../../model/units";
import { language } from "../../settings/choices";
import { refund } from "../../wallet/buy";
import { shop } from "./texts";

interface PurchasesProps {
  readonly rounds: readonly Round[];
  readonly account: Address;
  /** What the account has, in one text: when it changes, trades came, or went with their blocks. */
  readonly having: string;
}

/** One series of which the account bought something. */
interface Bargain {
  readonly series: Series;
  readonly rounds: readonly Round[];
  readonly dealings: readonly Dealing[];
}

export function Purchases({ rounds, account, having }: PurchasesProps) {
  const mine = rounds.filter(({ bought }) => bought > 0n);
  const load = (current: Session) => readDealings(current, account);
  const read = useRead(load, [account], false, [having]);
  const { dealings = [], isWhole = !read.isDone } = read.value ?? {};
  const series = new Map(
    [...dealings, ...mine].map((each) => [each.series.address, each.series] as const),
  );
  const isOf = (wanted: Address) => (each: { series: Series }) => each.series.address === wanted;
  const bargains = [...series.values()].map((each) => ({
    series: each,
    rounds: mine.filter(isOf(each.address)),
    dealings: dealings.filter(isOf(each.address)),
  }));
  if (bargains.length === 0 && isWhole) return null;
  return (
    <section class="panel" data-testid="purchases">
      <h2>{shop.value.mine}</h2>
      {!isWhole && (
        <p class="hint" data-testid="not-all-trades">
          {shop.value.notAllTrades}
        </p>
      )}
      {bargains.map((bargain) => (
        <Result key={bargain.series.address} {...{ bargain, account, isWhole }} />
      ))}
    </section>
  );
}

interface ResultProps {
  readonly bargain: Bargain;
  readonly account: Address;
  /** All trades are known. */
  readonly isWhole: boolean;
}

/** Cost and result of a series: what went out for it, what came back, what it earned. */
function Result({ bargain, account, isWhole }: ResultProps) {
  const { series, rounds, dealings } = bargain;
  const { value: earned } = useRead(
    (current) => readEarned(current, series, account),
    [account, series.address, series.progress.next_day],
  );
  const costs = costsOf(bargain);
  const own = costs.find(({ coin }) => coin.address === series.rewardToken);
  // what came otherwise has earned, too, and cost nothing here
  const bought = [...rounds, ...dealings].reduce((sum, each) => sum + each.bought, 0n);
  const isAllBought = earned !== undefined && earned.mostWork <= bought * DAY_SECONDS;
  const isKnown = isWhole && isAllBought;
  const isComparable = costs.length === 1 && own !== undefined && own.spent > 0n && isKnown;
  return (
    <section data-testid="bargain">
      <h3>
        <ChainText text={series.name} />
      </h3>
      <dl class="facts wide">
        {costs.map(({ coin, spent }) => (
          <Fact key={coin.address} name={spent < 0n ? shop.value.gained : shop.value.spent}>
            <Money
              base={spent < 0n ? -spent : spent}
              decimals={coin.decimals}
              symbol={coin.symbol}
              testid="spent"
            />
          </Fact>
        ))}
        <Fact name={shop.value.earned}>
          {earned === undefined ? (
            "…"
          ) : (
            <Money
              base={earned.amount}
              decimals={series.rewardDecimals}
              symbol={series.rewardSymbol}
              testid="earned-so-far"
            />
          )}
          <br />
          <small>{shop.value.earnedHint}</small>
        </Fact>
        {isComparable && (
          <Fact name={shop.value.backSoFar}>
            <span data-testid="back-so-far">
              <Percent bps={bpsOf(earned.amount, own.spent)} />
            </span>
          </Fact>
        )}
      </dl>
      {rounds.map((round) => (
        <Bought key={round.number} round={round} account={account} />
      ))}
      {dealings.map((dealing) => (
        <Dealt key={dealing.money.address} dealing={dealing} />
      ))}
    </section>
  );
}

/** Money that went out for a series, less what came in for it, of each kind [base units]. */
function costsOf({ rounds, dealings }: Bargain): { coin: Coin; spent: bigint }[] {
  const sums = new Map<Address, { coin: Coin; spent: bigint }>();
  const add = (coin: Coin, amount: bigint) => {
    const spent = (sums.get(coin.address)?.spent ?? 0n) + amount;
    sums.set(coin.address, { coin, spent });
  };
  for (const { money, paid } of rounds) add(money, paid);
  for (const { money, paid, received } of dealings) add(money, paid - received);
  return [...sums.values()];
}

/** What was traded with other holders. */
function Dealt({ dealing }: { dealing: Dealing }) {
  const { bought, paid, sold, received } = dealing;
  const money = { decimals: dealing.money.decimals, symbol: dealing.money.symbol };
  return (
    <dl class="facts wide" data-testid="dealt">
      {bought > 0n && (
        <Fact name={shop.value.boughtFromHolders}>
          <Hashrate ths={bought} testid="dealt-bought" /> ·{" "}
          <Money base={paid} {...money} testid="dealt-paid" />
        </Fact>
      )}
      {sold > 0n && (
        <Fact name={shop.value.soldToHolders}>
          <Hashrate ths={sold} testid="dealt-sold" /> ·{" "}
          <Money base={received} {...money} testid="dealt-received" />
        </Fact>
      )}
    </dl>
  );
}

/** What handing back pays [money base units], as the contract rounds it: down, twice. */
function refundOf({ paid, bought, terms, deliveredDays }: Round, ths: bigint): bigint {
  const part = (paid * ths) / bought;
  return (part * (terms.delivery_days - deliveredDays)) / terms.delivery_days;
}

function Bought({ round, account }: { round: Round; account: Address }) {
  const { number, money, paid, bought, terms } = round;
  const days = (count: bigint) => formatExact(count, 0, language.value);
  // handed back at once: what the account has, of what it bought
  const ths = min(bought, round.held);
  const back = refundOf(round, ths);
  const handBack = async (current: Session) => {
    const { offering } = current.deployment;
    if (offering === undefined) return;
    const wanted = { offering, round: number, token: terms.token, ths, least: back };
    await refund(current, account, wanted);
  };
  return (
    <div data-testid="bought" data-round={number.toString()}>
      <h4>
        {shop.value.issuer} · {shop.value.round(days(number))}
      </h4>
      <dl class="facts wide">
        <Fact name={shop.value.paid}>
          <Money base={paid} decimals={money.decimals} symbol={money.symbol} testid="paid" />
        </Fact>
        <Fact name={shop.value.bought}>
          <Hashrate ths={bought} testid="bought-ths" />
        </Fact>
        <Fact name={<Term word="delivered">{shop.value.delivered}</Term>}>
          {shop.value.deliveredOf(days(round.deliveredDays), days(terms.delivery_days))}
        </Fact>
        <Fact name={shop.value.refundNow}>
          {round.isInDefault ? (
            <Money base={back} decimals={money.decimals} symbol={money.symbol} testid="refund" />
          ) : (
            shop.value.noDefault
          )}
        </Fact>
      </dl>
      {round.isInDefault && back > 0n && (
        <ActButton testid="hand-back" work={handBack}>
          {shop.value.handBack(exactThs(ths))}
        </ActButton>
      )}
    </div>
  );
}
