// SPDX-License-Identifier: AGPL-3.0-only
// One contract: its book, what was traded, what it pays, and the ticket.

import { useCallback } from "preact/hooks";
import type { Forward } from "../../chain/forwards";
import { Loading } from "../../kit/state_boxes";
import { account } from "../../wallet/wallet";
import { ticketOf } from "./draft";
import { useBook, useNews, useTrades } from "./feed";
import { Ladder } from "./ladder";
import { Linked } from "./linked";
import { ContractBox } from "./payoff";
import { Candles, Tape } from "./tape";
import { integerOf, market, unitText, windowText } from "./texts";
import { Ticket } from "./ticket";

interface ContractProps {
  readonly forward: Forward;
  readonly forwards: readonly Forward[];
}

export function Contract({ forward, forwards }: ContractProps) {
  const news = useNews([forward.id]);
  const book = useBook(forward.id, account.value, news).value;
  const traded = useTrades(forward, news).value;
  const draft = ticketOf(forward);
  const pick = useCallback(
    (isBuy: boolean, ticks: bigint) => {
      const old = draft.peek();
      const kind = old.kind === "pegged" ? "limit" : old.kind;
      draft.value = { ...old, kind, isBuy, price: ticks.toString() };
    },
    [draft],
  );
  return (
    <>
      <h2>{windowText(forward)}</h2>
      <p class="hint">{market.value.unit(unitText(forward))}</p>
      <div class="terminal">
        <section class="panel" aria-busy={book === undefined}>
          <h2>{market.value.ladder}</h2>
          {book === undefined ? <Loading lines={8} /> : <Ladder sides={book.sides} onPick={pick} />}
          {book !== undefined && (
            <Linked
              {...{ book, forward, forwards }}
              wanted={integerOf(draft.value.contracts) ?? 1n}
            />
          )}
        </section>
        <section class="panel">
          <Ticket {...{ forward, forwards, draft, book }} />
        </section>
        <section class="panel">
          {traded !== undefined && <Candles candles={traded.candles} />}
          <ContractBox forward={forward} />
          {traded !== undefined && <Tape trades={traded.trades} />}
        </section>
      </div>
    </>
  );
}
