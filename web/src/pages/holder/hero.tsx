// SPDX-License-Identifier: AGPL-3.0-only
// What a person came for: what the hashrate earned, and what can be claimed.

import type { Holding } from "../../chain/account";
import { now, session } from "../../chain/session";
import { t } from "../../i18n";
import { By } from "../../kit/links";
import { dayText, Hashrate, Money, Sats, Usd, Work } from "../../kit/numbers";
import { Loading } from "../../kit/state_boxes";
import { isOnChain } from "../../kit/wallet_menu";
import { DAY_SECONDS, WAD } from "../../model/units";
import { unit } from "../../settings/choices";
import { isBusy } from "../../wallet/activity";
import { claimAll } from "../../wallet/claim";
import { account } from "../../wallet/wallet";
import { type Overview, oracleState } from "./chain_data";

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
      {oracle === undefined && <Loading lines={2} />}
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
  if (overview === undefined) {
    return (
      <section class="hero">
        <Loading lines={4} />
      </section>
    );
  }
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
  const isAnyDue = holdings.some(({ claimable, isWhole }) => claimable > 0n || !isWhole);
  const coins = [...new Set(holdings.map(({ series }) => series.rewardToken))];
  return (
    <section class="hero" aria-labelledby="mine-title">
      <h1 id="mine-title" tabIndex={-1}>
        {isAnyDue ? t.value.hero.claimable : t.value.hero.nothing}
      </h1>
      {coins.map((coin) => (
        <CoinTotal
          key={coin}
          holdings={holdings.filter(({ series }) => series.rewardToken === coin)}
        />
      ))}
      <ClaimAll holdings={holdings} />
    </section>
  );
}

function sum(holdings: readonly Holding[], of: (holding: Holding) => bigint): bigint {
  return holdings.reduce((total, holding) => total + of(holding), 0n);
}

function CoinTotal({ holdings }: { holdings: readonly Holding[] }) {
  const series = holdings[0]?.series;
  if (series === undefined) return null;
  const { rewardDecimals: decimals, rewardSymbol: symbol } = series;
  return (
    <>
      <p class="big">
        <By formula="claimable">
          <Money
            base={sum(holdings, ({ claimable }) => claimable)}
            decimals={decimals}
            symbol={symbol}
            testid="total-claimable"
          />
        </By>
      </p>
      <dl class="facts wide">
        <div class="fact">
          <dt>{t.value.hero.expected}</dt>
          <dd>
            {"≈ "}
            <By formula="expected">
              <Money
                base={sum(holdings, ({ expectedToday }) => expectedToday)}
                decimals={decimals}
                symbol={symbol}
                testid="total-expected-today"
              />
            </By>
          </dd>
        </div>
        <div class="fact">
          <dt>{t.value.hero.ths}</dt>
          <dd>
            <By formula="today">
              <Work work={sum(holdings, workSoFar)} testid="total-ths-today" />
            </By>
          </dd>
        </div>
        <div class="fact">
          <dt>{t.value.hero.balance}</dt>
          <dd>
            <By formula="balance">
              <Hashrate ths={sum(holdings, ({ balance }) => balance)} testid="total-balance" />
            </By>
          </dd>
        </div>
      </dl>
    </>
  );
}

/** Work [TH·s, 18 dec] of today up to this second. */
export function workSoFar({ workToday, balance }: Holding): bigint {
  const left = DAY_SECONDS - (BigInt(now.value) % DAY_SECONDS);
  const done = workToday - balance * left;
  return done > 0n ? done : 0n;
}

function ClaimAll({ holdings }: { holdings: readonly Holding[] }) {
  const due = holdings.filter(({ claimable, isWhole }) => claimable > 0n || !isWhole);
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
      data-testid="claim-all-button"
      disabled={isBusy.value || !isOnChain()}
      onClick={claim}
    >
      {due.length === 1 ? t.value.mine.claim : t.value.hero.claimAll(due.length)}
    </button>
  );
}
