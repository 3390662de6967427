// SPDX-License-Identifier: AGPL-3.0-only
// Both sides of a book, best prices in the middle; a price is a button that fills the ticket.

import { isNarrow } from "../../kit/narrow";
import { type Rung, rungsOf, type Sides } from "../../model/book";
import { max } from "../../model/units";
import { account } from "../../wallet/wallet";
import { market, plain } from "./texts";

/** Prices of each side; on a phone the ticket is to be near. */
const DEPTH = 20;
const NARROW_DEPTH = 8;
const FULL = 100n;

interface LadderProps {
  readonly sides: Sides;
  readonly onPick: (isBuy: boolean, priceTicks: bigint) => void;
}

export function Ladder({ sides, onPick }: LadderProps) {
  const [bids, asks] = [sides.bids, sides.asks].map((side) =>
    rungsOf(side, account.value, isNarrow.value ? NARROW_DEPTH : DEPTH),
  ) as [Rung[], Rung[]];
  if (bids.length + asks.length === 0) return <p class="empty">{market.value.empty}</p>;
  const most = [...bids, ...asks].reduce((found, { contracts }) => max(found, contracts), 1n);
  return (
    <>
      <p class="visually-hidden">{market.value.ladderKeys}</p>
      <table class="ladder" data-testid="ladder" onKeyDown={move}>
        <caption class="visually-hidden">{market.value.ladder}</caption>
        <thead>
          <tr>
            <th scope="col" class="buyers">
              {market.value.buyers}
            </th>
            <th scope="col" class="price">
              {market.value.price}
            </th>
            <th scope="col" class="sellers">
              {market.value.sellers}
            </th>
          </tr>
        </thead>
        <tbody>
          {[...asks].reverse().map((rung) => (
            <Row key={`a${rung.priceTicks}`} {...rung} {...{ most, onPick }} isAsk={true} />
          ))}
          {bids.map((rung, place) => (
            <Row
              key={`b${rung.priceTicks}`}
              {...rung}
              {...{ most, onPick }}
              isAsk={false}
              isBestBid={place === 0 && asks.length > 0}
            />
          ))}
        </tbody>
      </table>
    </>
  );
}

interface RowProps extends Rung {
  readonly most: bigint;
  readonly isAsk: boolean;
  /** The first under the offers. */
  readonly isBestBid?: boolean;
  readonly onPick: LadderProps["onPick"];
}

/**
 * Who clicks an offer to sell wants to buy. A row is drawn again when one of its numbers changes: what
 * it is given are these and nothing made anew, which is what signals go by.
 */
function Row({ priceTicks, contracts, own, most, isAsk, isBestBid, onPick }: RowProps) {
  const depth = { backgroundSize: `${(contracts * FULL) / most}% 70%` };
  const amount = (
    <>
      {plain(contracts)}
      {own > 0n && <small class="own"> {market.value.own(plain(own))}</small>}
    </>
  );
  return (
    <tr
      data-testid={isAsk ? "ask" : "bid"}
      data-own={`${own}`}
      class={isBestBid ? "best-bid" : undefined}
    >
      <td class="buyers" style={isAsk ? undefined : depth}>
        {!isAsk && amount}
      </td>
      <th scope="row" class="price">
        <button type="button" class="quiet" onClick={() => onPick(isAsk, priceTicks)}>
          {plain(priceTicks)}
        </button>
      </th>
      <td class="sellers" style={isAsk ? depth : undefined}>
        {isAsk && amount}
      </td>
    </tr>
  );
}

/** Up and down move along the prices. */
function move(event: KeyboardEvent & { readonly currentTarget: HTMLTableElement }): void {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (step === undefined) return;
  const buttons = [...event.currentTarget.querySelectorAll("button")];
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  buttons[Math.min(Math.max(at + step, 0), buttons.length - 1)]?.focus();
  event.preventDefault();
}
