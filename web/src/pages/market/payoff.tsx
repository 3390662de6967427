// SPDX-License-Identifier: AGPL-3.0-only
// What one contract pays: its floor and cap, how far its window has come, the picture, and what it
// pays at any index.

import { useSignal } from "@preact/signals";
import type { Forward } from "../../chain/forwards";
import { Field } from "../../kit/field";
import { Fact } from "../../kit/numbers";
import { payouts, tickWorth } from "../../model/forward";
import { integerOf, market, moneyText, orDash, plain } from "./texts";

const WIDTH = 320;
const HEIGHT = 140;
const EDGE = 16;
const SLOPE = { from: 80, to: 240 };

export function ContractBox({ forward }: { forward: Forward }) {
  const texts = market.value.box;
  const { band, index, openInterest, progress, outcome, scale } = forward;
  const days = band.end_day - band.first_day;
  const pair = tickWorth(band) * (band.cap_ticks - band.floor_ticks);
  return (
    <section class="contract-box" data-testid="contract-box">
      <h3>{texts.title}</h3>
      <dl class="facts">
        <Fact name={texts.floor}>{plain(band.floor_ticks)}</Fact>
        <Fact name={texts.cap}>{plain(band.cap_ticks)}</Fact>
        <Fact name={market.value.index}>{orDash(index)}</Fact>
        <Fact name={market.value.open}>
          <span data-testid="open-interest">{plain(openInterest)}</span>
        </Fact>
        <Fact name={texts.pair}>{moneyText(forward, pair)}</Fact>
        <Fact name={texts.realised}>
          {texts.days(plain(progress.days), plain(days))}
          {progress.days > 0n && ` · ${texts.mean(plain(progress.sum / (progress.days * scale)))}`}
        </Fact>
      </dl>
      {outcome !== undefined && <p>{texts.settled}</p>}
      <Picture forward={forward} pair={pair} />
      <AtIndex forward={forward} />
    </section>
  );
}

/** LONG and SHORT over the mean of the window, and where the index is now. */
function Picture({ forward, pair }: { forward: Forward; pair: bigint }) {
  const { floor_ticks: floor, cap_ticks: cap } = forward.band;
  const [top, bottom] = [EDGE, HEIGHT - 2 * EDGE];
  const { from, to } = SLOPE;
  return (
    <figure class="payoff">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
        <line class="axis" x1="0" x2={WIDTH} y1={bottom} y2={bottom} />
        {forward.index !== undefined && (
          <line
            class="index"
            x1={xOf(forward, forward.index)}
            x2={xOf(forward, forward.index)}
            y1="4"
            y2={bottom}
          />
        )}
        <polyline
          class="long"
          points={`0,${bottom} ${from},${bottom} ${to},${top} ${WIDTH},${top}`}
        />
        <polyline
          class="short"
          points={`0,${top} ${from},${top} ${to},${bottom} ${WIDTH},${bottom}`}
        />
        <text x={WIDTH - 4} y={top + 16} text-anchor="end">
          LONG
        </text>
        <text x="4" y={top + 16}>
          SHORT
        </text>
        <text x={from} y={HEIGHT - EDGE} text-anchor="middle">
          {plain(floor)}
        </text>
        <text x={to} y={HEIGHT - EDGE} text-anchor="middle">
          {plain(cap)}
        </text>
      </svg>
      <figcaption>
        <bdi>
          {market.value.box.picture(
            moneyText(forward, 0n),
            moneyText(forward, pair),
            plain(floor),
            plain(cap),
          )}
        </bdi>
      </figcaption>
    </figure>
  );
}

/** Pixels only: beyond floor and cap the line is flat, and the mark stays in the picture. */
function xOf({ band }: Forward, ticks: bigint): number {
  const part = Number(ticks - band.floor_ticks) / Number(band.cap_ticks - band.floor_ticks);
  return Math.min(Math.max(SLOPE.from + part * (SLOPE.to - SLOPE.from), 2), WIDTH - 2);
}

/** What one contract pays if the mean is a price. */
function AtIndex({ forward }: { forward: Forward }) {
  const texts = market.value.box;
  const typed = useSignal<string | undefined>(undefined);
  const { band, scale, index } = forward;
  const text = typed.value ?? (index ?? band.floor_ticks).toString();
  const mean = integerOf(text);
  const days = band.end_day - band.first_day;
  const pays = mean === undefined ? undefined : payouts(band, scale, mean * days * scale);
  return (
    <div class="at-index">
      <Field
        of={typed}
        label={texts.ask}
        value={text}
        mode="numeric"
        onInput={(value) => {
          typed.value = value;
        }}
      />
      <dl class="facts" aria-live="polite">
        <Fact name={texts.long}>
          <span data-testid="long-pays" data-base-units={pays?.long.toString()}>
            {pays === undefined ? "–" : moneyText(forward, pays.long)}
          </span>
        </Fact>
        <Fact name={texts.short}>
          <span data-testid="short-pays" data-base-units={pays?.short.toString()}>
            {pays === undefined ? "–" : moneyText(forward, pays.short)}
          </span>
        </Fact>
      </dl>
    </div>
  );
}
