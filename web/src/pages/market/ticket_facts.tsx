// SPDX-License-Identifier: AGPL-3.0-only
// What a ticket comes to: locked, most lost, most gained, where it breaks even, what it closes, and
// what the vault has to be allowed to take.

import type { Forward } from "../../chain/forwards";
import { Fact, Money } from "../../kit/numbers";
import { assess, evenOf, pegPrice, type Taking } from "../../model/ticket";
import type { Understood } from "./draft";
import { market, moneyText, plain, windowText } from "./texts";

interface AmountProps {
  readonly forward: Forward;
  readonly base: bigint;
  readonly testid?: string;
}

export function Amount({ forward: { decimals, symbol }, base, testid }: AmountProps) {
  return <Money {...{ base, decimals, symbol }} {...(testid !== undefined && { testid })} />;
}

interface OrderFactsProps {
  readonly forward: Forward;
  readonly understood: Understood;
  /** [base units] that the vault has to be allowed to take, for this and the other open orders */
  readonly needed: bigint;
}

export function OrderFacts({ forward, understood, needed }: OrderFactsProps) {
  const texts = market.value.ticket;
  const { legs, count, peg } = understood;
  const found = assess(legs, count, peg !== undefined);
  if (found === undefined) return null;
  const closes = legs.flatMap(({ forward: each, isBuy }, i) => {
    const closed = found.closed[i] ?? 0n;
    return closed === 0n ? [] : `${plain(closed)} ${sideOf(!isBuy)} ${windowText(each)}`;
  });
  return (
    <>
      <dl class="facts">
        <Fact name={texts.locked}>
          <Amount forward={forward} base={found.locked} testid="locked" />
        </Fact>
        {found.released > 0n && (
          <Fact name={texts.released}>
            <Amount forward={forward} base={found.released} testid="released" />
          </Fact>
        )}
        <Fact name={texts.lost}>
          <Amount forward={forward} base={found.mostLost} testid="most-lost" />
        </Fact>
        <Fact name={texts.gained}>
          <Amount forward={forward} base={found.mostGained} testid="most-gained" />
        </Fact>
        <Even understood={understood} />
        {closes.length > 0 && (
          <Fact name={texts.closes}>
            <span data-testid="closes">{closes.join(", ")}</span>
          </Fact>
        )}
        <Fact name={texts.allowance}>
          <Amount forward={forward} base={forward.allowance} testid="allowance" />
        </Fact>
      </dl>
      <p class="hint" data-testid="approves">
        {needed > forward.allowance ? texts.approves(moneyText(forward, needed)) : texts.enough}
      </p>
    </>
  );
}

/** Where an order breaks even: a mean, or of a spread a difference. */
function Even({ understood: { legs, peg } }: { understood: Understood }) {
  const texts = market.value.ticket;
  const [first, second] = legs;
  if (first === undefined) return null;
  if (peg !== undefined) {
    const price = pegPrice(peg, first.forward.index);
    const text = price === undefined ? texts.evenUnknown : evenText(first.isBuy, plain(price));
    return (
      <Fact name={texts.even}>
        <span data-testid="break-even">{texts.evenPegged(text)}</span>
      </Fact>
    );
  }
  if (second !== undefined && first.isBuy !== second.isBuy) {
    const [bought, sold] = first.isBuy ? [first, second] : [second, first];
    return (
      <Fact name={texts.evenSpreadTitle}>
        <span data-testid="break-even">
          {texts.evenSpread(
            timesText(bought.forward),
            timesText(sold.forward),
            plain(
              bought.priceTicks * daysOf(bought.forward) - sold.priceTicks * daysOf(sold.forward),
            ),
          )}
        </span>
      </Fact>
    );
  }
  const { over, under } = evenOf(legs);
  // two digits, cut: a strip's mean is seldom whole
  const text = plain((over * 100n) / under, 2);
  return (
    <Fact name={texts.even}>
      <span data-testid="break-even">{evenText(first.isBuy, text)}</span>
    </Fact>
  );
}

function evenText(isBuy: boolean, price: string): string {
  const { above, below } = market.value.ticket;
  return isBuy ? above(price) : below(price);
}

function daysOf({ band }: Forward): bigint {
  return band.end_day - band.first_day;
}

/** A window's mean counts for each of its days. */
function timesText(forward: Forward): string {
  return `${plain(daysOf(forward))} × ${windowText(forward)}`;
}

function sideOf(isLong: boolean): string {
  return isLong ? market.value.mine.long : market.value.mine.short;
}

interface TakingFactsProps {
  readonly forward: Forward;
  readonly taking: Taking;
  readonly isBuy: boolean;
  /** [base units] that the vault has to be allowed to take, for this and the open orders */
  readonly needed: bigint;
}

export function TakingFacts({ forward, taking, isBuy, needed }: TakingFactsProps) {
  const texts = market.value.ticket;
  return (
    <>
      <dl class="facts">
        <Fact name={texts.takes}>
          <Amount forward={forward} base={taking.locked} testid="take-locked" />
        </Fact>
        {taking.released > 0n && (
          <Fact name={texts.released}>
            <Amount forward={forward} base={taking.released} testid="take-released" />
          </Fact>
        )}
        <Fact name={texts.lost}>
          <Amount forward={forward} base={taking.mostLost} testid="take-lost" />
        </Fact>
        <Fact name={texts.gained}>
          <Amount forward={forward} base={taking.mostGained} testid="take-gained" />
        </Fact>
        {taking.closed > 0n && (
          <Fact name={texts.closes}>
            {plain(taking.closed)} {sideOf(!isBuy)}
          </Fact>
        )}
      </dl>
      {needed > forward.allowance && (
        <p class="hint">{texts.approves(moneyText(forward, needed))}</p>
      )}
    </>
  );
}
