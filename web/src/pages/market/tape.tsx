// SPDX-License-Identifier: AGPL-3.0-only
// What was traded: the newest trades, and the last days as candles.

import type { Candle, ToldTrade } from "../../model/relay_answer";
import { dateFormat, max, min } from "../../model/units";
import { language } from "../../settings/choices";
import { account } from "../../wallet/wallet";
import { CANDLE_DAYS } from "./feed";
import { market, plain } from "./texts";

const SHOWN = 20;
const WIDTH = 600;
const HEIGHT = 160;
const SHARE = 0.7;

export function Tape({ trades }: { trades: readonly ToldTrade[] }) {
  const { title, time, contracts, none } = market.value.tape;
  return (
    <section>
      <h3>{title}</h3>
      {trades.length === 0 ? (
        <p class="empty">{none}</p>
      ) : (
        <table class="tape" data-testid="tape">
          <caption class="visually-hidden">{title}</caption>
          <thead>
            <tr>
              <th scope="col">{time}</th>
              <th scope="col">{market.value.price}</th>
              <th scope="col">{contracts}</th>
            </tr>
          </thead>
          <tbody>
            {trades.slice(0, SHOWN).map((trade) => (
              <Row key={trade.id} trade={trade} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Row({ trade }: { trade: ToldTrade }) {
  const { bought, sold } = market.value.tape;
  const date = new Date(trade.time * 1000);
  const format = dateFormat(language.value, {
    ...{ month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" },
    ...{ hour12: false, timeZone: "UTC" },
  });
  const mine =
    trade.buyer === account.value ? bought : trade.seller === account.value ? sold : undefined;
  return (
    <tr data-testid="trade">
      <th scope="row">
        <time dateTime={date.toISOString()}>{format.format(date)}</time>
      </th>
      <td>{plain(trade.priceTicks)}</td>
      <td>
        {plain(trade.contracts)}
        {mine !== undefined && <small class="own"> {mine}</small>}
      </td>
    </tr>
  );
}

/** The last days as one picture with one sentence; the trades are in the table. */
export function Candles({ candles }: { candles: readonly Candle[] }) {
  const [first] = candles;
  if (first === undefined) return null;
  const low = candles.reduce((found, each) => min(found, each.low), first.low);
  const high = candles.reduce((found, each) => max(found, each.high), first.high);
  const volume = candles.reduce((sum, each) => sum + each.volume, 0n);
  const { title, text } = market.value.candles;
  return (
    <figure class="candles" data-testid="candles">
      <h3>{title}</h3>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
        {candles.map((candle) => (
          <Stick key={candle.start} {...{ candle, candles, low, high }} />
        ))}
      </svg>
      <figcaption>
        {text(plain(BigInt(CANDLE_DAYS)), plain(low), plain(high), plain(volume))}
      </figcaption>
    </figure>
  );
}

interface StickProps {
  readonly candle: Candle;
  readonly candles: readonly Candle[];
  readonly low: bigint;
  readonly high: bigint;
}

/** Pixels only. */
function Stick({ candle, candles, low, high }: StickProps) {
  const first = candles[0]?.start ?? 0;
  const span = Math.max((candles.at(-1)?.start ?? 0) - first, 1);
  const width = (WIDTH / Math.max(candles.length, 12)) * SHARE;
  const x = width / 2 + ((candle.start - first) / span) * (WIDTH - width);
  const range = Number(high - low) || 1;
  const y = (price: bigint) => 4 + (Number(high - price) / range) * (HEIGHT - 8);
  const [top, bottom] = [y(max(candle.open, candle.close)), y(min(candle.open, candle.close))];
  return (
    <g class={candle.close < candle.open ? "down" : "up"}>
      <line x1={x} x2={x} y1={y(candle.high)} y2={y(candle.low)} />
      <rect x={x - width / 2} y={top} width={width} height={Math.max(bottom - top, 2)} />
    </g>
  );
}
