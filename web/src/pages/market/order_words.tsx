// SPDX-License-Identifier: AGPL-3.0-only
// What is signed, in plain words, made of the very message that the wallet will show.

import { type Address, zeroAddress } from "viem";
import type { Forward } from "../../chain/forwards";
import { Fact, Time } from "../../kit/numbers";
import type { Leg, Order, Peg } from "../../model/forward_order";
import { market, moneyText, plain, signed, unitText, windowText } from "./texts";

interface OrderWordsProps {
  readonly order: Order;
  readonly forwards: readonly Forward[];
  readonly book: Address;
}

/** All that an order of forwards says. */
export function OrderWords({ order, forwards, book }: OrderWordsProps) {
  const texts = market.value.words;
  const [peg] = order.pegs;
  const first = forwards.find(({ id }) => id === order.legs[0]?.series);
  return (
    <div class="words" data-testid="in-words">
      <h3>{texts.title}</h3>
      <ul>
        {order.legs.map((leg) => (
          <li key={leg.series}>
            <strong>{legText(leg, order.quantity, peg, forwards)}</strong>
          </li>
        ))}
      </ul>
      {order.legs.length > 1 && <p>{texts.together}</p>}
      <dl class="facts">
        {first !== undefined && (
          <Fact name={texts.most}>{moneyText(first, order.max_collateral)}</Fact>
        )}
        <Fact name={texts.least}>{texts.contracts(plain(order.minimum_quantity))}</Fact>
        <Fact name={texts.taker}>
          {order.taker === zeroAddress ? texts.anyone : <code>{order.taker}</code>}
        </Fact>
        <Fact name={texts.until}>
          <Time at={order.deadline} />
          {order.may_trade_in_window && `, ${texts.inWindow}`}
        </Fact>
        <Fact name={texts.book}>
          <code>{book}</code>
        </Fact>
      </dl>
    </div>
  );
}

/** One leg of an order in words. */
export function legText(
  leg: Leg,
  quantity: bigint,
  peg: Peg | undefined,
  forwards: readonly Forward[],
): string {
  const { words, ticket } = market.value;
  const forward = forwards.find(({ id }) => id === leg.series);
  const window = forward === undefined ? `#${leg.series}` : windowText(forward);
  const unit = forward === undefined ? "" : ` ${unitText(forward)}`;
  const price = peg === undefined ? `${plain(leg.price_ticks)}${unit}` : `${pegText(peg)}${unit}`;
  const side = leg.is_buy ? ticket.buy : ticket.sell;
  return words.leg(side, words.contracts(plain(quantity * leg.ratio)), window, price);
}

function pegText({ mean_days, max_age_days, offset_ticks, low_ticks, high_ticks }: Peg): string {
  const offset = offset_ticks === 0n ? "± 0" : signed(offset_ticks);
  const bounds = [plain(low_ticks), plain(high_ticks)] as const;
  return market.value.words.peg(plain(mean_days), offset, ...bounds, plain(max_age_days));
}
