// SPDX-License-Identifier: AGPL-3.0-only
// What a person came for: what the hashrate earned, and what can be claimed.

import type { Holding } from "../../chain/account";
import { session } from "../../chain/session";
import { t } from "../../i18n";
import { type Overview, oracleState } from "../../kit/chain_data";
import { Account, By } from "../../kit/links";
import { dayText, Fact, Hashrate, Money, Sats, Usd, Work } from "../../kit/numbers";
import { Waiting } from "../../kit/state_boxes";
import { isOnChain } from "../../kit/wallet_menu";
import { WAD } from "../../model/units";
import { unit } from "../../settings/choices";
import { isBusy } from "../../wallet/activity";
import { claimAll } from "../../wallet/claim";
import { account } from "../../wallet/wallet";
import { NextPayment } from "./today";
import { Worth } from "./worth";

export function Hero({ overview }: { overview: Overview | undefined }) {
  if (account.value === undefined) return <Market isAlone />;
  return (
    <>
      <Mine overview={overview} />
      <Market isAlone={false} />
    </>
  );
}

/** What the newest day earned. */
function Market({ isAlone }: { isAlone: boolean }) {
  const oracle = oracleState.value;
  const scale = unit.value === "auto" ? "TH" : unit.value;
  const factor = { TH: 1n, PH: 1_000n, EH: 1_000_000n }[scale];
  const newest = oracle?.newest;
  const Title = isAlone ? "h1" : "h2";
  return (
    <section class={isAlone ? "hero" : "hero small"} aria-labelledby="market-title">
      <Title id="market-title" tabIndex={-1}>
        {t.value.hero.headline(scale)}
      </Title>
      {oracle === undefined && <Waiting lines={2} />}
      {oracle !== undefined && newest === undefined && <p>{t.value.hero.noDay}</p>}
      {oracle !== undefined && newest !== undefined && (
        <>
          <p class="big">
            <By formula="hashprice">
              <Sats wad={newest.hashpriceWad * factor} />
            </By>
            <span class="beside">
              {"≈ "}
              <By formula="usd">
                <Usd
                  value={(newest.hashpriceWad * newest.btcUsdE8 * factor) / WAD}
                  decimals={16}
                  digits={factor === 1n ? 4 : 2}
                />
              </By>
            </span>
          </p>
          <p class="hint">
            {t.value.hero.newest(
              dayText(newest.day),
              newest.day <= oracle.lastFinalDay ? t.value.hero.final : t.value.hero.pending,
            )}
          </p>
        </>
      )}
      {isAlone && <p>{t.value.hero.connect}</p>}
    </section>
  );
}

/** Everything the account holds, in one look; only series whose fleet is attested count here. */
function Mine({ overview }: { overview: Overview | undefined }) {
  if (overview === undefined)
    return (
      <section class="hero">
        <Waiting lines={4} />
      </section>
    );
  const holdings = overview.holdings.filter(
    ({ series, balance, claimable, workToday }) =>
      series.isAttested && (balance > 0n || claimable > 0n || workToday > 0n),
  );
  if (holdings.length === 0) {
    return (
      <section class="hero">
        <h1 tabIndex={-1}>{t.value.hero.nothing}</h1>
        <p>{t.value.hero.noHashrate}</p>
      </section>
    );
  }
  const own = holdings.filter((each) => isPaidToSelf(each));
  const coins = [...new Set(holdings.map(({ series }) => series.rewardToken))];
  return (
    <section class="hero" aria-labelledby="mine-title">
      <h1 id="mine-title" tabIndex={-1}>
        {own.some(isDue) ? t.value.hero.claimable : t.value.hero.nothing}
      </h1>
      {coins.map((coin) => (
        <CoinTotal
          key={coin}
          holdings={holdings.filter(({ series }) => series.rewardToken === coin)}
        />
      ))}
      <ClaimAll
        holdings={own}
        label={(count) => (count === 1 ? t.value.mine.claim : t.value.hero.claimAll(count))}
        testid="claim-all-button"
      />
      <Elsewhere holdings={holdings.filter((each) => !isPaidToSelf(each) && isDue(each))} />
    </section>
  );
}

function isDue({ claimable, isWhole }: Holding): boolean {
  return claimable > 0n || !isWhole;
}

/** A reward that goes to another address is the account's to send, not to have. */
function isPaidToSelf({ receiver }: Holding): boolean {
  return receiver === account.value;
}

function sum(holdings: readonly Holding[], of: (holding: Holding) => bigint): bigint {
  return holdings.reduce((total, holding) => total + of(holding), 0n);
}

function sooner(a: Holding | undefined, b: Holding): Holding {
  return a === undefined || b.nextPaymentAt < a.nextPaymentAt ? b : a;
}

function CoinTotal({ holdings }: { holdings: readonly Holding[] }) {
  const series = holdings[0]?.series;
  if (series === undefined) return null;
  const { rewardDecimals: decimals, rewardSymbol: symbol } = series;
  const claimable = sum(holdings.filter(isPaidToSelf), (holding) => holding.claimable);
  const expected = sum(holdings, ({ expectedToday }) => expectedToday);
  const next = holdings
    .filter(({ nextPaymentAt }) => nextPaymentAt > 0n)
    .reduce<Holding | undefined>(sooner, undefined);
  return (
    <>
      <p class="big">
        <By formula="claimable">
          <Money base={claimable} decimals={decimals} symbol={symbol} testid="total-claimable" />
        </By>
        <span class="beside">
          <Worth base={claimable} coin={series} />
        </span>
      </p>
      <dl class="facts wide">
        <Fact name={t.value.hero.expected}>
          {"≈ "}
          <By formula="expected">
            <Money
              base={expected}
              decimals={decimals}
              symbol={symbol}
              testid="total-expected-today"
            />
          </By>{" "}
          <Worth base={expected} coin={series} />
        </Fact>
        <Fact name={t.value.hero.ths}>
          <By formula="today">
            <Work
              work={sum(holdings, ({ workToday }) => workToday)}
              held={sum(holdings, ({ balance }) => balance)}
              testid="total-ths-today"
            />
          </By>
        </Fact>
        <Fact name={t.value.hero.balance}>
          <By formula="balance">
            <Hashrate ths={sum(holdings, ({ balance }) => balance)} testid="total-balance" />
          </By>
        </Fact>
        {next !== undefined && (
          <Fact name={t.value.hero.next}>
            <By formula="next-payment">
              <NextPayment at={next.nextPaymentAt} isReported={next.isNextReported} />
            </By>
          </Fact>
        )}
      </dl>
    </>
  );
}

/** What the account's payout addresses get: said, and not counted as the account's own. */
function Elsewhere({ holdings }: { holdings: readonly Holding[] }) {
  if (holdings.length === 0) return null;
  return (
    <div class="elsewhere" data-testid="elsewhere">
      <ul>
        {holdings.map(({ series, claimable, receiver }) => (
          <li key={series.address}>
            <Money base={claimable} decimals={series.rewardDecimals} symbol={series.rewardSymbol} />{" "}
            {t.value.hero.elsewhere} <Account address={receiver} />
          </li>
        ))}
      </ul>
      <ClaimAll
        holdings={holdings}
        label={t.value.hero.claimElsewhere}
        testid="claim-elsewhere-button"
      />
    </div>
  );
}

interface ClaimAllProps {
  readonly holdings: readonly Holding[];
  readonly label: (count: number) => string;
  readonly testid: string;
}

function ClaimAll({ holdings, label, testid }: ClaimAllProps) {
  const due = holdings.filter(isDue);
  if (due.length === 0) return null;
  const claim = () => {
    if (session.value === undefined || account.value === undefined) return;
    void claimAll(
      session.value,
      account.value,
      due.map(({ series }) => series),
    );
  };
  return (
    <button
      type="button"
      class="claim"
      data-testid={testid}
      disabled={isBusy.value || !isOnChain()}
      onClick={claim}
    >
      {label(due.length)}
    </button>
  );
}
