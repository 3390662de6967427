// SPDX-License-Identifier: AGPL-3.0-only
import type { Address } from "viem";
import type { Holding } from "../../chain/account";
import type { Series } from "../../chain/series";
import { t } from "../../i18n";
import { useMeans, useSeries } from "../../kit/chain_data";
import { EarnsNow } from "../../kit/earns_now";
import { Account, By } from "../../kit/links";
import { ChainText, dayText, Fact, Money } from "../../kit/numbers";
import { href } from "../../kit/router";
import { SeriesFacts, SeriesMarks } from "../../kit/series_facts";
import { Ready } from "../../kit/state_boxes";
import { account, showToken, walletChainId } from "../../wallet/wallet";
import { DaysTable } from "./days_table";
import { HolderForms } from "./holder_forms";
import { HoldingPanel } from "./holding_panel";

export function SeriesPage({ address }: { address: Address }) {
  const read = useSeries(address);
  useMeans(read.value?.series === undefined ? [] : [read.value.series]);
  return (
    <Ready read={read} lines={8}>
      {({ series, holding }) =>
        series === undefined ? (
          <h1 tabIndex={-1}>{t.value.series.notFound}</h1>
        ) : (
          <>
            <h1 tabIndex={-1}>
              <ChainText text={series.name} />
            </h1>
            <p class="hint">
              <ChainText text={series.symbol} /> · <ChainText text={series.site} />
            </p>
            <SeriesMarks series={series} />
            {holding !== undefined && <Mine series={series} holding={holding} />}
            <section class="panel" aria-label={t.value.series.title}>
              <EarnsNow series={series} />
              <SeriesFacts series={series} />
              <MoreFacts series={series} />
            </section>
            <MoneyPanel series={series} />
            <section aria-labelledby="days-title">
              <h2 id="days-title">{t.value.table.days}</h2>
              <DaysTable series={series} />
            </section>
          </>
        )
      }
    </Ready>
  );
}

function Mine({ series, holding }: { series: Series; holding: Holding }) {
  return (
    <section class="panel" aria-labelledby="mine-title">
      <h2 id="mine-title">{t.value.mine.title}</h2>
      <HoldingPanel holding={holding} />
      <p class="after">
        <a href={href("series", series.address, "mine")}>{t.value.mine.history}</a>{" "}
        <small class="hint">{t.value.mine.historyHint}</small>
      </p>
      {account.value !== undefined && <HolderForms holding={holding} account={account.value} />}
    </section>
  );
}

function MoreFacts({ series }: { series: Series }) {
  const { terms } = series;
  return (
    <details>
      <summary>{t.value.series.contract}</summary>
      <dl class="facts">
        <Fact name={t.value.series.starts}>
          <By formula="terms">{dayText(terms.start_day)}</By>
        </Fact>
        <Fact name={t.value.series.reward}>
          <ChainText text={series.rewardSymbol} /> <Account address={series.rewardToken} />
        </Fact>
        <Fact name={t.value.series.issuer}>
          <Account address={series.issuer} />
        </Fact>
        <Fact name={t.value.series.token}>
          <Account address={series.token} /> <AddToken series={series} />
        </Fact>
        <Fact name={t.value.series.contract}>
          <Account address={series.address} />
        </Fact>
      </dl>
    </details>
  );
}

/** Wallets list only the tokens that they were told of. */
function AddToken({ series }: { series: Series }) {
  if (walletChainId.value === undefined) return null;
  return (
    <button
      type="button"
      class="quiet"
      data-testid="add-token"
      onClick={() => void showToken(series.token, series.symbol).catch(() => undefined)}
    >
      {t.value.wallet.addToken}
    </button>
  );
}

function MoneyPanel({ series }: { series: Series }) {
  const { ledger } = series;
  const names = ["promised", "paid", "repaid", "arrears", "claimed", "escrow", "bond"] as const;
  const drawn = ledger.bond_drawn > 0n;
  return (
    <section class="panel" aria-labelledby="money-title">
      <h2 id="money-title">{t.value.money.title}</h2>
      <dl class="facts">
        {names.map((name) => (
          <Fact key={name} name={t.value.money[name]}>
            <By formula="ledger">
              <Money
                base={ledger[name]}
                decimals={series.rewardDecimals}
                symbol={series.rewardSymbol}
                testid={`ledger-${name}`}
              />
            </By>
          </Fact>
        ))}
        {drawn && (
          <Fact name={t.value.money.bondDrawn}>
            <By formula="ledger">
              <Money
                base={ledger.bond_drawn}
                decimals={series.rewardDecimals}
                symbol={series.rewardSymbol}
              />
            </By>
          </Fact>
        )}
      </dl>
    </section>
  );
}
