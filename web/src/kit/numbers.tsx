// SPDX-License-Identifier: AGPL-3.0-only
// Numbers and texts of the chain on the screen.

import type { ComponentChildren } from "preact";
import { t } from "../i18n";
import {
  cut,
  DAY_SECONDS,
  dateFormat,
  dateOf,
  formatExact,
  formatUsd,
  type HashUnit,
  hashDecimals,
  unitOf,
  WAD,
} from "../model/units";
import { language, unit } from "../settings/choices";

/** [characters] of a text from the chain that are shown */
const MAX_TEXT = 80;
const HASH_DIGITS = 3;
const HOUR_SECONDS = 3_600n;

/** A text that anybody may have written on chain: isolated, one line, bounded. */
export function ChainText({ text }: { text: string }) {
  const shown = plainText(text);
  return <bdi class="chain-text">{shown === "" ? t.value.unnamed : shown}</bdi>;
}

/** The same for where no element can be, such as a label: isolated by characters. */
export function chainLabel(text: string): string {
  return `\u2068${plainText(text)}\u2069`;
}

/** The same where it stands in an isolated sentence: without what turns text around. */
export function plainText(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, " ").trim();
  return [...plain].slice(0, MAX_TEXT).join("");
}

/** The unit that an amount of hashrate is shown in. */
export function unitFor(amountThs: bigint): HashUnit {
  return unit.value === "auto" ? unitOf(amountThs) : unit.value;
}

interface Hooks {
  readonly testid?: string;
}

interface HashrateProps extends Hooks {
  /** [TH/s, 18 dec] */
  readonly ths: bigint;
  /** Digits after the point; the exact amount is in the title. */
  readonly digits?: number;
}

/** Hashrate. */
export function Hashrate({ ths, testid, digits = HASH_DIGITS }: HashrateProps) {
  const scale = unitFor(ths);
  const decimals = hashDecimals(scale);
  const exact = formatExact(ths, hashDecimals("TH"), language.value);
  return (
    <span
      class="number"
      data-testid={testid}
      data-base-units={ths.toString()}
      title={`${exact} TH/s`}
    >
      {formatExact(ths, decimals, language.value, { least: 0, most: digits })}
      <small> {scale}/s</small>
    </span>
  );
}

interface WorkProps extends Hooks {
  /** [TH·s, 18 dec] of one day */
  readonly work: bigint;
  /** [TH/s, 18 dec] held in the end, of the day that is not over; left out, the day's mean counts */
  readonly held?: bigint;
}

/** Work of a day as hashrate times hours: what is held, or where more was held before, the mean. */
export function Work({ work, held = 0n, testid }: WorkProps) {
  const isHeld = held > 0n && work <= held * DAY_SECONDS;
  const ths = isHeld ? held : work / DAY_SECONDS;
  const seconds = isHeld ? work / held : DAY_SECONDS;
  const scale = unitFor(ths);
  const exact = formatExact(work, hashDecimals("TH"), language.value);
  const hours = formatExact((seconds * 10n) / HOUR_SECONDS, 1, language.value);
  return (
    <span
      class="number"
      data-testid={testid}
      data-base-units={work.toString()}
      title={`${exact} TH·s`}
    >
      {formatExact(ths, hashDecimals(scale), language.value, { least: 0, most: HASH_DIGITS })}
      <small> {scale}/s</small> × {hours}
      <small> h</small>
    </span>
  );
}

interface MoneyProps extends Hooks {
  /** [base units] */
  readonly base: bigint;
  readonly decimals: number;
  readonly symbol?: string;
}

/** Money [base units], to the last unit. */
export function Money({ base, decimals, symbol, testid }: MoneyProps) {
  return (
    <span class="number" data-testid={testid} data-base-units={base.toString()}>
      {formatExact(base, decimals, language.value, { least: 8, most: decimals })}
      {symbol !== undefined && (
        <small>
          {" "}
          <ChainText text={symbol} />
        </small>
      )}
    </span>
  );
}

interface SatsProps extends Hooks {
  /** [sat, 1e18] */
  readonly wad: bigint;
  readonly digits?: number;
}

/** Satoshi, with some decimals. */
export function Sats({ wad, digits = 2, testid }: SatsProps) {
  return (
    <span class="number" data-testid={testid} data-base-units={wad.toString()}>
      {formatExact(wad, 18, language.value, { least: digits, most: digits })}
      <small> sat</small>
    </span>
  );
}

/** US dollars with `decimals` digits after the point. */
export function Usd({
  value,
  decimals,
  digits = 2,
}: {
  value: bigint;
  decimals: number;
  digits?: number;
}) {
  return (
    <span class="number" data-base-units={value.toString()}>
      {formatUsd(value, decimals, language.value, digits)}
    </span>
  );
}

/** Parts per ten thousand as percent. */
export function Percent({ bps }: { bps: bigint | undefined }) {
  if (bps === undefined) return <span>–</span>;
  return (
    <span class="number">
      {formatExact(bps, 2, language.value)}
      <small> %</small>
    </span>
  );
}

/** A plain integer. */
export function Count({ value }: { value: bigint }) {
  return <span class="number">{formatExact(value, 0, language.value)}</span>;
}

/** Difficulty [1e18] without decimals. */
export function Difficulty({ wad }: { wad: bigint }) {
  return <span class="number">{formatExact(cut(wad, 18, 0) / WAD, 0, language.value)}</span>;
}

/** The UTC date of a day index, by the language. */
export function dayText(day: bigint, style: "medium" | "long" = "medium"): string {
  if (day * DAY_SECONDS > 8_640_000_000_000n) return day.toString();
  const format = dateFormat(language.value, { dateStyle: style, timeZone: "UTC" });
  return format.format(dateOf(day));
}

/** A time [unix s] in UTC, as text. */
export function timeText(at: bigint): string {
  const format = dateFormat(language.value, {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone: "UTC",
  });
  return `${format.format(new Date(Number(at) * 1000))} UTC`;
}

/** A time [unix s] in UTC. */
export function Time({ at }: { at: bigint }) {
  return <time dateTime={new Date(Number(at) * 1000).toISOString()}>{timeText(at)}</time>;
}

/** A name and its value in a list of facts. */
export function Fact({ name, children }: { name: ComponentChildren; children: ComponentChildren }) {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
