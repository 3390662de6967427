// SPDX-License-Identifier: AGPL-3.0-only
// What one contract pays, drawn: floor and cap of its band, and the line between them.

import type { Forward } from "../../chain/forwards";
import { tickWorth } from "../../model/forward";
import { market, moneyText, plain } from "./texts";

export function Payoff({ forward }: { forward: Forward }) {
  const { floor_ticks: floor, cap_ticks: cap } = forward.band;
  const pair = tickWorth(forward.band) * (cap - floor);
  const text = market.value.payoffText(
    moneyText(forward, 0n),
    moneyText(forward, pair),
    plain(floor),
    plain(cap),
  );
  return (
    <figure class="payoff">
      <svg viewBox="0 0 100 50" aria-hidden="true">
        <polyline class="long" points="0,46 20,46 80,4 100,4" />
        <polyline class="short" points="0,4 20,4 80,46 100,46" />
      </svg>
      <figcaption>
        <strong>{market.value.payoff}</strong> <bdi>{text}</bdi>
      </figcaption>
    </figure>
  );
}
