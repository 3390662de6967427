// SPDX-License-Identifier: AGPL-3.0-only
// A strip or a note: what it is, what it earned, what is left, what it can never do, what one can do.

import type { Address } from "viem";
import type { Tranches, TrancheToken } from "../../chain/products";
import { today } from "../../chain/session";
import type { Spot } from "../../chain/spot";
import { ActButton } from "../../kit/act_button";
import { exactThs } from "../../kit/form_input";
import { ChainText, chainLabel, dayText, Fact, Hashrate, Money } from "../../kit/numbers";
import { href } from "../../kit/router";
import { Term } from "../../kit/term";
import { ceilDiv, formatExact, min, WAD } from "../../model/units";
import { language } from "../../settings/choices";
import {
  claimTranche,
  merge,
  pullTranches,
  redeemJunior,
  split,
  withdrawCredit,
} from "../../wallet/products";
import { account } from "../../wallet/wallet";
import { LoanView } from "./loan_view";
import { PartForm } from "./part_form";
import { words } from "./texts";
import { coinOf, Trade } from "./trade";
import { dearness, juniorCost, Unmet } from "./unmet";
import { Behind, Credit } from "./waiting";

const OPEN = 1n;
const MET = 2n;
const UNMET = 4n;

interface TrancheCardProps {
  readonly product: Tranches;
  readonly spot: Spot | undefined;
}

export function TrancheCard({ product, spot }: TrancheCardProps) {
  const { isStrip, series, senior, junior, terms } = product;
  return (
    <article class="card" data-testid="tranches" data-product={product.address}>
      <header>
        <h3>
          {isStrip ? words.value.strip : words.value.note} <ChainText text={senior.symbol} /> +{" "}
          <ChainText text={junior.symbol} />
        </h3>
        <p>
          <a href={href("series", series.address)}>
            <ChainText text={series.name} />
          </a>
        </p>
      </header>
      <p>{isStrip ? words.value.what.strip : words.value.what.note}</p>
      <dl class="facts">
        <Fact name={<Term word="term">{words.value.term}</Term>}>
          {words.value.termOf(dayText(terms.start_day), dayText(terms.maturity_day - 1n))}
        </Fact>
        <Fact name={<Term word="state">{words.value.state}</Term>}>
          <State product={product} />
        </Fact>
        {!isStrip && (
          <Fact name={<Term word="face">{words.value.face}</Term>}>
            <Coins product={product} amount={terms.face} />
          </Fact>
        )}
        <Fact name={<Term word="senior">{words.value.earned}</Term>}>
          <Coins product={product} amount={product.earned} testid="earned" />
        </Fact>
        <Fact name={<Term word="remaining">{words.value.left}</Term>}>
          {isStrip ? (
            words.value.leftDays(formatExact(ceilDiv(product.remaining, WAD), 0, language.value))
          ) : (
            <Coins product={product} amount={product.remaining} testid="remaining" />
          )}
        </Fact>
      </dl>
      {!isStrip && <LoanView product={product} />}
      <details>
        <summary>{words.value.never}</summary>
        <p>{isStrip ? words.value.neverStrip : words.value.neverNote}</p>
      </details>
      {account.value === undefined ? (
        <p class="hint">{words.value.connect}</p>
      ) : (
        <Mine product={product} account={account.value} />
      )}
      {[senior, junior].map((token) => (
        <Trade
          key={token.address}
          token={{
            ...{ address: token.address, symbol: token.symbol, balance: token.balance },
            isAmortising: token === senior && !isStrip,
          }}
          spot={spot}
          coins={[coinOf(series, product.money)]}
          remaining={token === senior ? product.toCome : 0n}
        />
      ))}
    </article>
  );
}

interface CoinsProps {
  readonly product: Tranches;
  readonly amount: bigint;
  readonly testid?: string;
}

function Coins({ product: { series }, amount, testid }: CoinsProps) {
  const { rewardDecimals: decimals, rewardSymbol: symbol } = series;
  return <Money base={amount} decimals={decimals} symbol={symbol} {...(testid && { testid })} />;
}

function State({ product: { outcome, terms, voidDay } }: { product: Tranches }) {
  if (outcome.state === MET) return <>{words.value.met}</>;
  if (outcome.state !== UNMET) {
    return <>{today.value < terms.maturity_day ? words.value.open : words.value.over}</>;
  }
  return (
    <>
      {words.value.unmet}
      {voidDay > 0n && ` · ${words.value.redeemBy(dayText(voidDay))}`}
    </>
  );
}

interface MineProps {
  readonly product: Tranches;
  readonly account: Address;
}

function Mine({ product, account }: MineProps) {
  const { senior, junior, series, terms, outcome, held } = product;
  const most = min(senior.balance, junior.balance);
  const isRunning =
    today.value >= terms.start_day && today.value < terms.maturity_day && outcome.state === OPEN;
  const isUnmet = outcome.state === UNMET;
  const isVoid = isUnmet && product.voidDay > 0n && today.value >= product.voidDay;
  const cost = (ths: bigint) => juniorCost(product, ths);
  return (
    <>
      <div class="holding">
        <dl class="facts">
          {[senior, junior].map((token) => (
            <Held key={token.address} product={product} account={account} token={token} />
          ))}
        </dl>
      </div>
      <Credit
        coin={series}
        amount={product.credit}
        onWithdraw={(current) => withdrawCredit(current, account, product)}
      />
      <Behind
        standing={product}
        symbol={series.symbol}
        address={series.address}
        onPull={(current) => pullTranches(current, account, product)}
      />
      {isUnmet && <Unmet product={product} account={account} />}
      <div class="forms">
        {isRunning && held > 0n && (
          <PartForm
            testid="split-form"
            product={product.address}
            label={words.value.splitAmount(chainLabel(series.symbol))}
            button={words.value.split}
            most={held}
            outcome={(ths) =>
              words.value.splitGet(
                exactThs(ths),
                chainLabel(senior.symbol),
                chainLabel(junior.symbol),
              )
            }
            onSend={(session, account, ths) => split(session, account, product, ths)}
          />
        )}
        {most > 0n && !isVoid && (
          <PartForm
            testid="merge-form"
            product={product.address}
            label={words.value.mergeAmount}
            button={words.value.merge}
            most={most}
            outcome={(ths) => words.value.mergeGet(exactThs(ths), chainLabel(series.symbol))}
            onSend={(session, account, ths) => merge(session, account, product, ths)}
          />
        )}
        {junior.balance > 0n && (product.isFree || (isUnmet && !isVoid)) && (
          <PartForm
            testid="redeem-form"
            product={product.address}
            label={words.value.redeemAmount}
            button={words.value.redeem}
            most={junior.balance}
            check={(ths) => dearness(product, ths)}
            outcome={(ths) => (
              <>
                {words.value.redeemCost}{" "}
                <Coins product={product} amount={cost(ths)} testid="cost" />.{" "}
                {words.value.mergeGet(exactThs(ths), chainLabel(series.symbol))}
              </>
            )}
            onSend={(session, account, ths) =>
              redeemJunior(session, account, product, ths, cost(ths))
            }
          />
        )}
      </div>
    </>
  );
}

interface HeldProps extends MineProps {
  readonly token: TrancheToken;
}

function Held({ product, account, token }: HeldProps) {
  const name = token === product.senior ? "senior" : "junior";
  return (
    <Fact
      name={
        <Term word={name}>
          <ChainText text={token.symbol} />
        </Term>
      }
    >
      <Hashrate ths={token.balance} testid={`${name}-balance`} />
      <br />
      <small>{words.value.claimable}</small>{" "}
      <Coins product={product} amount={token.claimable} testid={`${name}-claimable`} />
      {!token.isWhole && <small> {words.value.claimAgain}</small>}
      <ActButton
        class="quiet"
        testid={`${name}-claim`}
        isReady={token.claimable > 0n || !token.isWhole}
        work={(current) => claimTranche(current, account, product, token.address)}
      >
        {words.value.claim(chainLabel(token.symbol))}
      </ActButton>
    </Fact>
  );
}
