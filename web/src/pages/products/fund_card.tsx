// SPDX-License-Identifier: AGPL-3.0-only
// A fund: its basket, what the account's shares earned, and how to get in and out.

import type { Address } from "viem";
import type { Fund } from "../../chain/products";
import type { Spot } from "../../chain/spot";
import { ActButton } from "../../kit/act_button";
import { exactThs } from "../../kit/form_input";
import { ChainText, chainLabel, Fact, Money } from "../../kit/numbers";
import { href } from "../../kit/router";
import { Term } from "../../kit/term";
import { decimalOf } from "../../model/typed";
import { formatExact, min, THS_DECIMALS } from "../../model/units";
import { language } from "../../settings/choices";
import {
  claimFund,
  createShares,
  pullFund,
  redeemShares,
  withdrawFundCredit,
} from "../../wallet/products";
import { account } from "../../wallet/wallet";
import { PartForm } from "./part_form";
import { words } from "./texts";
import { coinOf, Trade } from "./trade";
import { Behind, Credit } from "./waiting";

interface FundCardProps {
  readonly fund: Fund;
  readonly spot: Spot | undefined;
}

export function FundCard({ fund, spot }: FundCardProps) {
  const { address, symbol, balance, parts } = fund;
  const coins = new Map(
    parts.map(({ series, money }) => [series.rewardToken, coinOf(series, money)]),
  );
  return (
    <article class="card" data-testid="fund" data-fund={fund.address}>
      <header>
        <h3>
          <ChainText text={fund.name} />
        </h3>
        <p>
          <ChainText text={fund.symbol} />
        </p>
      </header>
      <p>{words.value.whatFund}</p>
      <dl class="facts">
        <Fact name={<Term word="basket">{words.value.basket}</Term>}>
          <ul class="plain">
            {fund.parts.map(({ series, weight }) => (
              <li key={series.address}>
                <a href={href("series", series.address)}>
                  {words.value.basketOf(
                    formatExact(weight, 0, language.value),
                    chainLabel(series.symbol),
                  )}
                </a>
              </li>
            ))}
          </ul>
        </Fact>
        <Fact name={<Term word="share">{words.value.supply}</Term>}>{exactThs(fund.supply)}</Fact>
      </dl>
      <details>
        <summary>{words.value.never}</summary>
        <p>{words.value.neverFund}</p>
      </details>
      {account.value === undefined ? (
        <p class="hint">{words.value.connect}</p>
      ) : (
        <Mine fund={fund} account={account.value} />
      )}
      <Trade
        token={{ address, symbol, balance, isAmortising: false }}
        spot={spot}
        coins={[...coins.values()]}
        remaining={0n}
      />
    </article>
  );
}

function Mine({ fund, account }: { fund: Fund; account: Address }) {
  const { parts, balance } = fund;
  const affordable = parts.map(({ held, weight }) => held / weight).reduce(min);
  // series may pay in one coin, of which there is one credit
  const credits = [...new Map(parts.map((part) => [part.series.rewardToken, part])).values()];
  return (
    <>
      <div class="holding">
        <dl class="facts">
          <Fact name={words.value.shares}>
            <span class="number" data-testid="shares" data-base-units={balance.toString()}>
              {exactThs(balance)}
            </span>
          </Fact>
          {parts.map(({ series, claimable, isWhole }) => (
            <Fact key={series.address} name={<ChainText text={series.symbol} />}>
              <small>{words.value.claimable}</small>{" "}
              <Money
                base={claimable}
                decimals={series.rewardDecimals}
                symbol={series.rewardSymbol}
                testid="fund-claimable"
              />
              {!isWhole && <small> {words.value.claimAgain}</small>}
            </Fact>
          ))}
        </dl>
      </div>
      <ActButton
        testid="fund-claim"
        isReady={parts.some(({ claimable, isWhole }) => claimable > 0n || !isWhole)}
        work={(current) => claimFund(current, account, fund)}
      >
        {words.value.claimFund}
      </ActButton>
      {credits.map(({ series, credit }) => (
        <Credit
          key={series.rewardToken}
          coin={series}
          amount={credit}
          onWithdraw={(current) => withdrawFundCredit(current, account, fund, series.rewardToken)}
        />
      ))}
      {parts.map((part, place) => (
        <Behind
          key={part.series.address}
          standing={part}
          symbol={part.series.symbol}
          address={part.series.address}
          onPull={(current) => pullFund(current, account, fund, place)}
        />
      ))}
      <div class="forms">
        {affordable > 0n && (
          <PartForm
            testid="create-form"
            product={fund.address}
            label={words.value.createAmount}
            button={words.value.create}
            most={affordable}
            read={(text) => decimalOf(text, THS_DECIMALS)}
            outcome={(shares) => words.value.createNeeds(basketText(fund, shares))}
            onSend={(session, account, shares) => createShares(session, account, fund, shares)}
          />
        )}
        {balance > 0n && (
          <PartForm
            testid="redeem-shares-form"
            product={fund.address}
            label={words.value.redeemSharesAmount}
            button={words.value.redeemShares}
            most={balance}
            read={(text) => decimalOf(text, THS_DECIMALS)}
            outcome={(shares) => words.value.redeemSharesGet(basketText(fund, shares))}
            onSend={(session, account, shares) => redeemShares(session, account, fund, shares)}
          />
        )}
      </div>
    </>
  );
}

/** The basket of some shares, in words. */
function basketText({ parts }: Fund, shares: bigint): string {
  return parts
    .map(({ series, weight }) =>
      words.value.basketOf(exactThs(weight * shares), chainLabel(series.symbol)),
    )
    .join(" + ");
}
