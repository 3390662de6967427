// SPDX-License-Identifier: AGPL-3.0-only
// Making a new strip, note or fund: anybody may, and has no right in it afterwards.

import { useSignal } from "@preact/signals";
import { readEvery } from "../../chain/registry";
import type { Series } from "../../chain/series";
import { session, today } from "../../chain/session";
import { SubmitButton } from "../../kit/act_button";
import { draftOf } from "../../kit/draft";
import { DraftField } from "../../kit/field";
import { chainLabel, dayText } from "../../kit/numbers";
import { Ready } from "../../kit/state_boxes";
import { useRead } from "../../kit/use_read";
import { decimalOf } from "../../model/typed";
import { max } from "../../model/units";
import { createFund, createTranches, NO_FACE } from "../../wallet/products";
import { account } from "../../wallet/wallet";
import { words } from "./texts";

const MAX_TERM_DAYS = 3_650;
const GRACES = [10n, 30n] as const;
const MAX_PARTS = 8;

/** Opened when wanted: it asks for every series. */
export function CreateForms() {
  const isOpen = useSignal(false);
  const { tranches, funds } = session.value?.deployment ?? {};
  if (account.value === undefined) return null;
  return (
    <details
      onToggle={({ currentTarget }) => {
        isOpen.value = currentTarget.open;
      }}
    >
      <summary>{words.value.new.title}</summary>
      {isOpen.value && (
        <Forms hasTranches={tranches !== undefined} hasFunds={funds !== undefined} />
      )}
    </details>
  );
}

function Forms({ hasTranches, hasFunds }: { hasTranches: boolean; hasFunds: boolean }) {
  const read = useRead((current) => readEvery(current, false), []);
  return (
    <Ready read={read}>
      {(all) => {
        const series = all.filter(({ progress }) => today.value < progress.end_day);
        return (
          <div class="forms">
            {hasTranches && <NewTranches series={series} />}
            {hasFunds && <NewFund series={series} />}
          </div>
        );
      }}
    </Ready>
  );
}

function NewTranches({ series }: { series: readonly Series[] }) {
  const texts = words.value.new;
  const chosen = draftOf("new-tranches series", series[0]?.address ?? "");
  const days = draftOf("new-tranches days", "90");
  const face = draftOf("new-tranches face");
  const grace = useSignal<bigint>(GRACES[0]);
  const isNote = useSignal(false);
  const of = series.find(({ address }) => address === chosen.value) ?? series[0];
  const span = /^\d{1,4}$/.test(days.value.trim()) ? Number(days.value) : 0;
  const isSpan = span >= 1 && span <= MAX_TERM_DAYS;
  const base = of && decimalOf(face.value, of.rewardDecimals);
  const isReady =
    of !== undefined && isSpan && (!isNote.value || (base !== undefined && base > 0n));
  // both days must lie ahead of what is settled
  const start = of === undefined ? 0n : max(today.value, of.progress.next_day);
  const submit = async (event: Event) => {
    event.preventDefault();
    const current = session.value;
    if (!isReady || current === undefined || account.value === undefined) return;
    const isDone = await createTranches(current, account.value, {
      ...{ distributor: of.address, start_day: start, maturity_day: start + BigInt(span) },
      face: isNote.value ? (base ?? 0n) : NO_FACE,
      grace_days: isNote.value ? grace.value : 0n,
    });
    if (isDone) face.value = "";
  };
  return (
    <form onSubmit={submit} noValidate data-testid="new-tranches-form">
      <h3>{texts.tranches}</h3>
      <label>
        {texts.series}
        <select
          value={of?.address ?? ""}
          onChange={({ currentTarget }) => {
            chosen.value = currentTarget.value;
          }}
        >
          {series.map(({ address, symbol, name }) => (
            <option key={address} value={address}>
              {chainLabel(symbol)} · {chainLabel(name)}
            </option>
          ))}
        </select>
      </label>
      <label>
        <input
          type="checkbox"
          checked={isNote.value}
          onChange={({ currentTarget }) => {
            isNote.value = currentTarget.checked;
          }}
        />
        {texts.isNote}
      </label>
      <DraftField
        label={texts.days}
        text={days}
        problem={isSpan ? undefined : texts.badDays}
        hint={isSpan ? words.value.termOf(dayText(start), dayText(start + BigInt(span) - 1n)) : ""}
        mode="numeric"
      />
      {isNote.value && (
        <>
          <DraftField
            label={texts.face(chainLabel(of?.rewardSymbol ?? ""))}
            text={face}
            problem={face.value !== "" && !base ? words.value.badAmount : undefined}
            hint={texts.faceHint}
            mode="decimal"
          />
          <label>
            {texts.grace}
            <select
              value={grace.value.toString()}
              onChange={({ currentTarget }) => {
                grace.value = BigInt(currentTarget.value);
              }}
            >
              {GRACES.map((each) => (
                <option key={each} value={each.toString()}>
                  {each.toString()}
                </option>
              ))}
            </select>
          </label>
        </>
      )}
      <SubmitButton isReady={isReady}>{words.value.create}</SubmitButton>
    </form>
  );
}

function NewFund({ series }: { series: readonly Series[] }) {
  const texts = words.value.new;
  const name = draftOf("new-fund name");
  const symbol = draftOf("new-fund symbol");
  const weights = series.map((of) => ({ of, text: draftOf(`new-fund ${of.address}`) }));
  const typed = weights
    .map(({ of, text }) => ({ distributor: of.address, text: text.value.trim() }))
    .filter(({ text }) => text !== "" && text !== "0");
  const parts = typed.flatMap(({ distributor, text }) =>
    /^[1-9]\d{0,8}$/.test(text) ? [{ distributor, weight: BigInt(text) }] : [],
  );
  const isReady =
    parts.length > 0 &&
    parts.length <= MAX_PARTS &&
    parts.length === typed.length &&
    name.value.trim() !== "" &&
    symbol.value.trim() !== "";
  const submit = async (event: Event) => {
    event.preventDefault();
    const current = session.value;
    if (!isReady || current === undefined || account.value === undefined) return;
    const terms = { parts, name: name.value.trim(), symbol: symbol.value.trim() };
    if (!(await createFund(current, account.value, terms))) return;
    for (const each of [name, symbol, ...weights.map(({ text }) => text)]) each.value = "";
  };
  return (
    <form onSubmit={submit} noValidate data-testid="new-fund-form">
      <h3>{texts.fund}</h3>
      <p class="hint">{texts.fundHint}</p>
      {[
        { label: texts.name, text: name },
        { label: texts.symbol, text: symbol },
      ].map(({ label, text }) => (
        <DraftField key={label} label={label} text={text} />
      ))}
      <p>{texts.weights}</p>
      {weights.map(({ of, text }) => (
        <DraftField key={of.address} label={chainLabel(of.symbol)} text={text} mode="numeric" />
      ))}
      <SubmitButton isReady={isReady}>{words.value.create}</SubmitButton>
    </form>
  );
}
