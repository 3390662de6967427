// SPDX-License-Identifier: AGPL-3.0-only
// A note that the term did not repay: others may pay for JUNIOR's holders, and SENIOR gets what they
// paid and left.

import type { Address } from "viem";
import { isNoted, type JuniorHolder, readJuniorHolders, type Tranches } from "../../chain/products";
import { head, today } from "../../chain/session";
import { ActButton } from "../../kit/act_button";
import { exactThs } from "../../kit/form_input";
import { Account } from "../../kit/links";
import { chainLabel, dayText, Money } from "../../kit/numbers";
import { Term } from "../../kit/term";
import { useRead } from "../../kit/use_read";
import { ceilDiv, DAY_SECONDS, min } from "../../model/units";
import { buyJunior, collectPool, noteOutcome, redeemSenior } from "../../wallet/products";
import { PartForm } from "./part_form";
import { words } from "./texts";

const AUCTION_DAYS = 5n;

interface UnmetProps {
  readonly product: Tranches;
  readonly account: Address;
}

/** What JUNIOR costs its payer [base units], up. */
export function juniorCost({ outcome }: Tranches, ths: bigint): bigint {
  return ceilDiv(ths * DAY_SECONDS * outcome.shortfall, 2n ** 128n);
}

/** Says so where JUNIOR costs more than the account has. */
export function dearness(product: Tranches, ths: bigint): string | undefined {
  return juniorCost(product, ths) > product.money ? words.value.tooDear : undefined;
}

export function Unmet({ product, account }: UnmetProps) {
  const { auctionDay, voidDay, junior } = product;
  const isVoid = voidDay > 0n && today.value >= voidDay;
  const isAuction = auctionDay > 0n && today.value >= auctionDay && !isVoid;
  const noted = useRead((current) => isNoted(current, product), [product.address, today.value]);
  if (noted.value === undefined) return null;
  if (!noted.value) {
    return (
      <p>
        {words.value.unnoted}{" "}
        <ActButton
          class="secondary"
          testid="note-outcome"
          work={(current) => noteOutcome(current, account, product)}
        >
          {words.value.noteIt}
        </ActButton>
      </p>
    );
  }
  return (
    <>
      {!isVoid && auctionDay > 0n && (
        <p class="hint">{words.value.unmetDays(dayText(auctionDay), dayText(voidDay))}</p>
      )}
      {isAuction && <Auction product={product} account={account} />}
      {(isVoid || junior.supply === 0n) && (
        <Pool product={product} account={account} isVoid={isVoid} />
      )}
    </>
  );
}

function Auction({ product, account }: UnmetProps) {
  const { value: holders = [] } = useRead(
    (current) => readJuniorHolders(current, product),
    [product.address],
  );
  const others = holders.filter(({ address }) => address !== account);
  if (others.length === 0) return null;
  return (
    <section data-testid="auction">
      <h4>{words.value.auction}</h4>
      <p class="hint">{words.value.auctionHint}</p>
      {others.map((holder) => (
        <Bid key={holder.address} product={product} holder={holder} />
      ))}
    </section>
  );
}

function Bid({ product, holder }: { product: Tranches; holder: JuniorHolder }) {
  const { series, auctionDay } = product;
  // by the newest block: it only grows until the next one, so this much is the least
  const elapsed = BigInt(head.value?.timestamp ?? 0) - auctionDay * DAY_SECONDS;
  const part = (ths: bigint) => (ths * elapsed) / (AUCTION_DAYS * DAY_SECONDS);
  return (
    <>
      <p>
        <Account address={holder.address} /> · {exactThs(holder.balance)} TH/s
      </p>
      <PartForm
        testid="buy-junior-form"
        product={product.address}
        label={words.value.auctionAmount}
        button={words.value.auctionBuy}
        most={holder.balance}
        check={(ths) => dearness(product, ths)}
        outcome={(ths) => (
          <>
            <Term word="shortfall">{words.value.redeemCost}</Term>{" "}
            <Money
              base={juniorCost(product, ths)}
              decimals={series.rewardDecimals}
              symbol={series.rewardSymbol}
              testid="auction-cost"
            />
            .{" "}
            <span data-testid="auction-part" data-base-units={part(ths).toString()}>
              {words.value.auctionGet(exactThs(part(ths)), chainLabel(series.symbol))}
            </span>
          </>
        )}
        onSend={(session, account, ths) =>
          buyJunior(session, account, product, {
            ...{ holder: holder.address, ths, least: part(ths) },
            cost: juniorCost(product, ths),
          })
        }
      />
    </>
  );
}

/** What the last of SENIOR gets: the cash that was paid, and the tokens that nobody paid for. */
function Pool({ product, account, isVoid }: UnmetProps & { isVoid: boolean }) {
  const { senior, series, junior } = product;
  const { decimals, symbol } = { decimals: series.rewardDecimals, symbol: series.rewardSymbol };
  // until somebody notes it, the tokens behind void JUNIOR are not in the pool's books yet
  const tokens = isVoid && product.pool.tokens === 0n ? junior.supply : product.pool.tokens;
  const { cash } = product.pool;
  return (
    <section data-testid="pool">
      <h4>
        <Term word="pool">{words.value.pool}</Term>
      </h4>
      <p>
        <Money base={cash} decimals={decimals} symbol={symbol} testid="pool-cash" /> +{" "}
        {exactThs(tokens)} {chainLabel(series.symbol)}
      </p>
      <p class="hint">{words.value.poolHint}</p>
      {isVoid && (
        <ActButton class="secondary" work={(current) => collectPool(current, account, product)}>
          {words.value.collect}
        </ActButton>
      )}
      {senior.balance > 0n && (
        <PartForm
          testid="redeem-senior-form"
          product={product.address}
          label={words.value.redeemSeniorAmount}
          button={words.value.redeem}
          most={min(senior.balance, senior.supply)}
          outcome={(ths) => (
            <>
              {words.value.redeemSeniorGet}{" "}
              <Money
                base={(cash * ths) / senior.supply}
                decimals={decimals}
                symbol={symbol}
                testid="senior-cash"
              />{" "}
              +{" "}
              <span
                data-testid="senior-tokens"
                data-base-units={((tokens * ths) / senior.supply).toString()}
              >
                {exactThs((tokens * ths) / senior.supply)} {chainLabel(series.symbol)}
              </span>
            </>
          )}
          onSend={(session, account, ths) => redeemSenior(session, account, product, ths)}
        />
      )}
    </section>
  );
}
