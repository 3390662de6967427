// SPDX-License-Identifier: AGPL-3.0-only
// A fleet's hedge, worked out while one types; the plan fills the ticket of its first window.

import { signal, useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { Forward } from "../../chain/forwards";
import { readPast } from "../../chain/past";
import { view } from "../../chain/reader";
import { now, today } from "../../chain/session";
import { oracleAbi } from "../../generated/abi";
import { DataTable } from "../../kit/data_table";
import { Field } from "../../kit/field";
import { dayText, Fact } from "../../kit/numbers";
import { href } from "../../kit/router";
import { Empty, Loading, Ready } from "../../kit/state_boxes";
import { useRead } from "../../kit/use_read";
import { METRICS } from "../../model/curve";
import { isInBand } from "../../model/forward";
import { Fraction } from "../../model/fraction";
import {
  cashLadder,
  centsOf,
  contractsOf,
  exposureOf,
  leastQuantity,
  lockedOf,
  type MarketDay,
  type Month,
  markNow,
  type Outcome,
  outcomesOf,
  type Plan,
  replaysOf,
  spreadOf,
  worstOf,
} from "../../model/hedge";
import { DAY_SECONDS, formatUsd } from "../../model/units";
import { language } from "../../settings/choices";
import { type Draft, ticketOf } from "./draft";
import { integerOf, market, moneyText, plain, unitText, windowText } from "./texts";

/** Days whose mean is the hashprice now. */
const BASE_DAYS = 7n;
const USUAL = {
  ...{ hashrate: "100", joules: "20", power: "0.05", fee: "1", uptime: "98" },
  ...{ fixed: "0", debt: "0", share: "50", rate: "8", fees: "0", curtail: "" },
};
type FieldName = keyof typeof USUAL;
// what is typed outlives the form, which goes and comes with what is read
const typed = signal<Record<FieldName, string>>(USUAL);
const chosen = signal<readonly bigint[]>([]);
const prices = signal<Readonly<Record<string, string>>>({});

/** Of these, nothing typed is an answer, too. */
const OPTIONAL: readonly FieldName[] = ["curtail"];
const SHARES: readonly FieldName[] = ["fee", "uptime", "share", "rate", "fees"];

const FIELDS = Object.keys(USUAL) as FieldName[];

type Typed = Readonly<Record<FieldName, Fraction | undefined>>;
type Numbers = Readonly<Record<Exclude<FieldName, "curtail">, Fraction>> & Pick<Typed, "curtail">;

/** Whether a number is not understood, or was not typed and has to be. */
function isMissing(name: FieldName, numbers: Typed): boolean {
  const isOff = OPTIONAL.includes(name) && typed.value[name].trim() === "";
  return numbers[name] === undefined && !isOff;
}

export function Miner({ forwards }: { forwards: readonly Forward[] }) {
  const texts = market.value.miner;
  const spot = useRead(async ({ reader, deployment: { oracle } }) => {
    const mean = view(oracle, oracleAbi, "mean_of_last", [BASE_DAYS]);
    const [, hashpriceWad, btcUsdE8] = (await reader.read({ mean })).mean ?? [0n, 0n, 0n];
    return { hashpriceWad, btcUsdE8 };
  }, []);
  return (
    <>
      <h2>{texts.title}</h2>
      <p class="hint">{texts.hint}</p>
      <Ready read={spot}>{(day) => <Calculator spot={day} forwards={forwards} />}</Ready>
    </>
  );
}

/** A decimal number as typed, exact; `undefined` for anything else. */
function decimalOf(text: string): Fraction | undefined {
  const [found, over = "", part = ""] = /^(\d{1,12})(?:\.(\d{1,8}))?$/.exec(text.trim()) ?? [];
  if (found === undefined) return undefined;
  return new Fraction(BigInt(`${over}${part}`), 10n ** BigInt(part.length));
}

function Calculator({ spot, forwards }: { spot: MarketDay; forwards: readonly Forward[] }) {
  const texts = market.value.miner;
  const ahead = forwards.filter(
    ({ metric, band }) =>
      metric !== METRICS.difficulty && band.first_day * DAY_SECONDS > BigInt(now.value),
  );
  if (ahead.length === 0) return <Empty>{texts.none}</Empty>;

  const numbers = Object.fromEntries(
    FIELDS.map((name) => [name, numberOf(name, typed.value[name])]),
  ) as Typed;
  const picked = ahead.filter(({ id }) => chosen.value.includes(id));
  const months = picked.map((forward): Month => {
    const typedPrice = integerOf(prices.value[`${forward.id}`] ?? "");
    const price = typedPrice ?? markNow(spot, forward.metric, forward.scale);
    const unit = 10n ** BigInt(forward.decimals);
    return {
      metric: forward.metric,
      scale: forward.scale,
      band: forward.band,
      unit,
      priceTicks: price,
    };
  });
  const choose = (id: bigint) => {
    const rest = chosen.value.filter((each) => each !== id);
    chosen.value = rest.length === chosen.value.length ? [...rest, id] : rest;
  };
  const isFollowing =
    follows(picked) && months.every(({ band, priceTicks }) => isInBand(band, priceTicks));
  return (
    <div class="miner">
      <form class="panel" noValidate data-testid="miner-form">
        <h3>{texts.fleet}</h3>
        <div class="fields">
          {FIELDS.map((name) => (
            <Field
              key={name}
              of={`miner ${name}`}
              label={texts[name]}
              value={typed.value[name]}
              problem={isMissing(name, numbers) ? texts.badNumber : undefined}
              mode="decimal"
              onInput={(value) => {
                typed.value = { ...typed.value, [name]: value };
              }}
            />
          ))}
        </div>
        <p class="hint">{texts.curtailHint}</p>
        <fieldset class="windows">
          <legend>{texts.months}</legend>
          {ahead.map((forward) => (
            <div key={forward.id}>
              <label>
                <input
                  type="checkbox"
                  checked={chosen.value.includes(forward.id)}
                  onChange={() => choose(forward.id)}
                />
                {windowText(forward)} <span class="hint">{unitText(forward)}</span>
              </label>
              {chosen.value.includes(forward.id) && (
                <Field
                  of={`miner ${forward.id}`}
                  label={market.value.ticket.priceOf(windowText(forward))}
                  value={
                    prices.value[`${forward.id}`] ??
                    `${markNow(spot, forward.metric, forward.scale)}`
                  }
                  mode="numeric"
                  problem={priceProblem(forward, prices.value[`${forward.id}`])}
                  onInput={(value) => {
                    prices.value = { ...prices.value, [`${forward.id}`]: value };
                  }}
                />
              )}
            </div>
          ))}
          {!isFollowing && <small role="alert">{texts.badMonths}</small>}
        </fieldset>
      </form>
      {isFollowing && FIELDS.every((name) => !isMissing(name, numbers)) && (
        <Result spot={spot} picked={picked} months={months} numbers={numbers as Numbers} />
      )}
    </div>
  );
}

function priceProblem({ band }: Forward, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const price = integerOf(text);
  if (price !== undefined && isInBand(band, price)) return undefined;
  return market.value.ticket.badPrice(plain(band.floor_ticks), plain(band.cap_ticks));
}

function numberOf(name: FieldName, text: string): Fraction | undefined {
  const number = decimalOf(text);
  if (number === undefined || !SHARES.includes(name)) return number;
  const share = number.by(new Fraction(100n));
  return new Fraction(1n).isBelow(share) ? undefined : share;
}

/** One money, one metric, and each window begins where the one before it ends. */
function follows(picked: readonly Forward[]): boolean {
  const [first] = picked;
  return (
    first !== undefined &&
    picked.every(
      ({ token, metric, band }, i) =>
        token === first.token &&
        metric === first.metric &&
        (i === 0 || picked[i - 1]?.band.end_day === band.first_day),
    )
  );
}

interface ResultProps {
  readonly spot: MarketDay;
  readonly picked: readonly Forward[];
  readonly months: readonly Month[];
  readonly numbers: Numbers;
}

function Result({ spot, picked, months, numbers }: ResultProps) {
  const texts = market.value.miner;
  const fleet = {
    ...{ hashrate: numbers.hashrate, joules: numbers.joules, usdPerKwh: numbers.power },
    ...{ poolFee: numbers.fee, uptime: numbers.uptime, fixedUsd: numbers.fixed },
    curtailAbove: numbers.curtail,
  };
  const capital = { rate: numbers.rate, since: today.value };
  const plan: Plan = { fleet, spot, months, capital, fees: numbers.fees };
  const quantity = contractsOf(fleet, numbers.share);
  const [first] = picked;
  // what is typed and read, in one text: a clock's tick works nothing out again
  const key = [plan, quantity].map((part) => JSON.stringify(part, textOf)).join();
  const outcomes = useMemo(() => outcomesOf(plan, quantity), [key]);
  const worst = worstOf(outcomes);
  if (first === undefined || quantity === 0n) return <Empty>{texts.tooSmall}</Empty>;
  const debt = numbers.debt.times(new Fraction(BigInt(months.length)));
  const locked = months.reduce((sum, month) => sum + lockedOf(month, quantity), 0n);
  const fill = () => {
    const ticket = ticketOf(first);
    ticket.value = { ...ticket.value, ...draftOf(picked, months, quantity) };
    location.hash = href("market", first.id);
  };
  return (
    <section class="panel" data-testid="plan">
      <dl class="facts">
        <Fact name={texts.quantity}>
          <span data-testid="plan-contracts">{plain(quantity)}</span>
        </Fact>
        <Fact name={texts.locked}>
          <span data-testid="plan-locked" data-base-units={`${locked}`}>
            {moneyText(first, locked)}
          </span>
        </Fact>
      </dl>
      <Stories outcomes={outcomes} />
      <History {...{ plan, quantity }} inputs={key} />
      {numbers.debt.over > 0n && <Least {...{ plan, debt }} inputs={key} />}
      {worst !== undefined && <Ladder {...{ plan, worst, quantity, picked }} debt={numbers.debt} />}
      <p class="actions">
        <button type="button" onClick={fill} data-testid="sign-plan">
          {texts.sign}
        </button>
      </p>
      <p class="hint">{texts.signHint}</p>
    </section>
  );
}

/** One order for all windows: sold together or not at all. */
function draftOf(
  picked: readonly Forward[],
  months: readonly Month[],
  quantity: bigint,
): Partial<Draft> {
  const [first, ...rest] = picked;
  const prices = rest.map(({ id }, i) => [`${id}`, `${months[i + 1]?.priceTicks ?? ""}`]);
  return {
    kind: rest.length === 0 ? "limit" : "strip",
    isBuy: false,
    contracts: quantity.toString(),
    price: `${months[0]?.priceTicks ?? first?.index ?? ""}`,
    others: rest.map(({ id }) => id),
    prices: Object.fromEntries(prices),
  };
}

function textOf(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? `${value}` : value;
}

/** Dollars with their cents. */
function usd(value: Fraction): string {
  return formatUsd(centsOf(value), 2, language.value);
}

function Stories({ outcomes }: { outcomes: readonly Outcome[] }) {
  const texts = market.value.miner;
  const hasRest = outcomes.some(({ atRest }) => atRest > 0);
  const heads = [
    ...[texts.story, texts.hedged, texts.unhedged, texts.mined, texts.costs],
    ...[texts.forwards, texts.capital, ...(hasRest ? [texts.atRest] : [])],
  ];
  return (
    <DataTable label={texts.title} heads={heads}>
      {outcomes.map(({ story, mined, costs, atRest, forwards, capital, unhedged, hedged }) => (
        <tr key={story} data-testid="story" data-story={story}>
          <th scope="row">{texts.stories[story]}</th>
          <td data-testid="hedged" data-base-units={`${centsOf(hedged)}`}>
            <strong>{usd(hedged)}</strong>
          </td>
          <td>{usd(unhedged)}</td>
          <td>{usd(mined)}</td>
          <td>{usd(costs)}</td>
          <td>{usd(forwards)}</td>
          <td>{usd(capital)}</td>
          {hasRest && <td data-testid="at-rest">{plain(BigInt(atRest))}</td>}
        </tr>
      ))}
    </DataTable>
  );
}

interface HistoryProps {
  readonly plan: Plan;
  readonly quantity: bigint;
  readonly inputs: string;
}

/** The oracle's own days once more, from today's level: nothing is read before somebody looks. */
function History({ plan, quantity, inputs }: HistoryProps) {
  const texts = market.value.miner.past;
  const isOpen = useSignal(false);
  return (
    <details
      data-testid="past"
      onToggle={(event) => {
        isOpen.value = event.currentTarget.open;
      }}
    >
      <summary>{texts.title}</summary>
      <p class="hint">{texts.hint}</p>
      {isOpen.value && <Replays {...{ plan, quantity, inputs }} />}
    </details>
  );
}

function Replays({ plan, quantity, inputs }: HistoryProps) {
  const { past: texts, hedged, unhedged } = market.value.miner;
  const read = useRead(readPast, []);
  const past = read.value;
  const replay = () => (past ? replaysOf(plan, quantity, past.days, past.first) : []);
  const replays = useMemo(replay, [inputs, past]);
  if (!read.isDone) return <Loading lines={2} />;
  const parts = [
    { name: hedged, spread: spreadOf(replays.map((each) => each.hedged)) },
    { name: unhedged, spread: spreadOf(replays.map((each) => each.unhedged)) },
  ];
  if (replays.length === 0) return <p class="empty">{texts.none}</p>;
  const hasRest = replays.some(({ atRest }) => atRest > 0);
  return (
    <>
      <DataTable
        label={texts.title}
        heads={[
          texts.starts(plain(BigInt(replays.length))),
          texts.worst,
          texts.median,
          texts.best,
          texts.losses,
        ]}
      >
        {parts.map(({ name, spread }) => (
          <tr key={name} data-testid="past-spread">
            <th scope="row">{name}</th>
            {spread !== undefined && (
              <>
                <td>{usd(spread.worst)}</td>
                <td>{usd(spread.median)}</td>
                <td>{usd(spread.best)}</td>
                <td>{plain(BigInt(spread.losses))}</td>
              </>
            )}
          </tr>
        ))}
      </DataTable>
      <DataTable
        label={texts.months}
        heads={[texts.month, hedged, unhedged, ...(hasRest ? [market.value.miner.atRest] : [])]}
      >
        {replays.map((each) => (
          <tr key={each.story} data-testid="past-month">
            <th scope="row">{each.story}</th>
            <td>{usd(each.hedged)}</td>
            <td>{usd(each.unhedged)}</td>
            {hasRest && <td>{plain(BigInt(each.atRest))}</td>}
          </tr>
        ))}
      </DataTable>
    </>
  );
}

interface LeastProps {
  readonly plan: Plan;
  readonly debt: Fraction;
  readonly inputs: string;
}

function Least({ plan, debt, inputs }: LeastProps) {
  const texts = market.value.miner;
  const find = () => leastQuantity(plan, debt, exposureOf(plan.fleet).floor());
  const least = useMemo(find, [inputs, `${debt.over}/${debt.under}`]);
  return (
    <p data-testid="least">{least === undefined ? texts.leastNone : texts.least(plain(least))}</p>
  );
}

interface LadderProps {
  readonly plan: Plan;
  readonly worst: Outcome;
  readonly quantity: bigint;
  readonly debt: Fraction;
  readonly picked: readonly Forward[];
}

function Ladder({ plan, worst, quantity, debt, picked }: LadderProps) {
  const texts = market.value.miner;
  const title = `${texts.ladder}: ${texts.stories[worst.story]}`;
  return (
    <details>
      <summary>{title}</summary>
      <DataTable label={title} heads={[texts.day, texts.what, "USD", texts.cash]}>
        {cashLadder(plan, worst, quantity, debt).map(({ day, month, kind, usd: amount, cash }) => (
          <tr key={`${day} ${month} ${kind}`} data-testid="cash-step">
            <th scope="row">{dayText(day)}</th>
            <td>
              {texts.steps[kind]}
              {picked.length > 1 && picked[month] !== undefined && (
                <small> {windowText(picked[month])}</small>
              )}
            </td>
            <td>{usd(amount)}</td>
            <td>{usd(cash)}</td>
          </tr>
        ))}
      </DataTable>
    </details>
  );
}
