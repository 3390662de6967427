// SPDX-License-Identifier: AGPL-3.0-only
// Both sides of a book, best prices in the middle; a price is a button that fills the ticket.

import type { Book } from "../../chain/forwards";
import type { Level } from "../../model/relay_answer";
import { market, plain } from "./texts";

interface LadderProps {
  readonly book: Book;
  readonly onPick: (isBuy: boolean, priceTicks: bigint) => void;
}

export function Ladder({ book: { bids, asks }, onPick }: LadderProps) {
  if (bids.length + asks.length === 0) return <p class="empty">{market.value.empty}</p>;
  return (
    <table class="ladder" data-testid="ladder">
      <caption class="visually-hidden">{market.value.ladder}</caption>
      <thead>
        <tr>
          <th scope="col">{market.value.buyers}</th>
          <th scope="col">{market.value.price}</th>
          <th scope="col">{market.value.sellers}</th>
        </tr>
      </thead>
      <tbody>
        {[...asks].reverse().map((level) => (
          <Row key={`a${level.priceTicks}`} level={level} isAsk={true} onPick={onPick} />
        ))}
        {bids.map((level) => (
          <Row key={`b${level.priceTicks}`} level={level} isAsk={false} onPick={onPick} />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps {
  readonly level: Level;
  readonly isAsk: boolean;
  readonly onPick: LadderProps["onPick"];
}

/** Who clicks an offer to sell wants to buy. */
function Row({ level: { priceTicks, quantity }, isAsk, onPick }: RowProps) {
  return (
    <tr data-testid={isAsk ? "ask" : "bid"}>
      <td>{!isAsk && plain(quantity)}</td>
      <th scope="row">
        <button type="button" class="quiet" onClick={() => onPick(isAsk, priceTicks)}>
          {plain(priceTicks)}
        </button>
      </th>
      <td>{isAsk && plain(quantity)}</td>
    </tr>
  );
}
