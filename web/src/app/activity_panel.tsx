// SPDX-License-Identifier: AGPL-3.0-only
// The act in progress: always at the foot of the page, told to screen readers as it moves on.

import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { head, session } from "../chain/session";
import type { Reason } from "../generated/reasons";
import { t } from "../i18n";
import { TxLink } from "../kit/links";
import { ChainText, Money, plainText } from "../kit/numbers";
import type { Shortfall } from "../model/sweep";
import { formatExact } from "../model/units";
import { language } from "../settings/choices";
import {
  type Activity,
  activity,
  dismissActivity,
  earlier,
  isBusy,
  type Step,
} from "../wallet/activity";
import type { Failure } from "../wallet/failure";
import { recheck } from "../wallet/recheck";

/** [ms] that a success stays; taps go through it meanwhile. */
const CONFIRMED_MS = 8_000;
const STEPS: readonly Step[] = ["preparing", "sign", "sent", "confirmed"];
/** Acts that a signature may be all of. */
const SIGNED = new Set<Activity["act"]>(["permit", "cancel"]);
/** Failures of which nobody knows more than the words that came with them. */
const TOLD_WHOLE = new Set<Failure["kind"]>(["unknown", "silent", "relay"]);
/** Why an act may be done though it is not known to be. */
const UNCERTAIN = new Set<Failure["kind"]>(["pending", "relay", "undone"]);

export function ActivityPanel() {
  // earlier acts are told of again where something became of them
  const told = [activity.value, ...earlier.value].flatMap((each) =>
    each === undefined || each.isSeen ? [] : each,
  );
  // what has more to say than that it is done waits to be read
  const isDone =
    told.length > 0 &&
    told.every(({ step, outcome }) => step === "confirmed" && outcome.shortfall === undefined);
  useEffect(() => {
    if (!isDone) return;
    const timer = setTimeout(dismissActivity, CONFIRMED_MS);
    return () => clearTimeout(timer);
  }, [activity.value, earlier.value, isDone]);
  useSignalEffect(() => {
    const [current, seen] = [session.value, head.value];
    if (current === undefined || seen === undefined) return;
    recheck(current, seen).catch(() => undefined); // again at the next block
  });
  // there before it has something to say: what comes together with its words is not read out
  const look = isDone ? "activity done" : "activity";
  return (
    <section class={told.length === 0 ? "visually-hidden" : look} aria-label={t.value.act.region}>
      <div role="status" aria-live="polite">
        {told.map((each) => (
          <Progress key={each.id} current={each} />
        ))}
      </div>
      {told.length > 0 && !isBusy.value && (
        <button
          type="button"
          class="quiet close"
          aria-label={t.value.close}
          onClick={dismissActivity}
        >
          ×
        </button>
      )}
    </section>
  );
}

function Progress({ current }: { current: Activity }) {
  const at = STEPS.indexOf(current.step);
  const { received = [], shortfall } = current.outcome;
  return (
    <>
      <p class="act" data-testid="tx-state" data-state={current.step}>
        <strong>{t.value.act[current.act]}</strong>
        {" · "}
        {stepText(current)}
      </p>
      {current.step !== "failed" && (
        <ol class="steps" aria-hidden="true">
          {STEPS.map((step, i) => (
            <li key={step} class={i <= at ? "done" : ""} />
          ))}
        </ol>
      )}
      {received.length > 0 && (
        <p class="received">
          {t.value.act.received}{" "}
          {received.map((each, i) => (
            <span key={each.coin} data-testid="received">
              {i > 0 && " + "}
              <Money base={each.amount} decimals={each.decimals} symbol={each.symbol} />
            </span>
          ))}
        </p>
      )}
      {current.step === "confirmed" && shortfall !== undefined && <Missed shortfall={shortfall} />}
      {current.failure !== undefined && <WhyNot failure={current.failure} />}
      {current.hashes.map((hash) => (
        <span key={hash} class="hash">
          <TxLink hash={hash} />{" "}
        </span>
      ))}
    </>
  );
}

/** How far an act has come, in a word: the chain confirms nothing that is only signed. */
function stepText({ act, step, hashes, failure }: Activity): string {
  const isSigned = act === "order" || (SIGNED.has(act) && hashes.length === 0);
  if (step === "confirmed" && isSigned) return t.value.act.signed;
  if (failure !== undefined && UNCERTAIN.has(failure.kind)) return t.value.act.uncertain;
  return t.value.act.steps[step];
}

function Missed({ shortfall }: { shortfall: Shortfall }) {
  const { taken, wanted, decimals, missed, orders } = shortfall;
  const text = (amount: bigint) => formatExact(amount, decimals, language.value);
  return (
    <p data-testid="shortfall">
      {t.value.act.shortfall(text(taken), text(wanted), missed, orders)}
    </p>
  );
}

function WhyNot({ failure }: { failure: Failure }) {
  return (
    <div
      data-testid="tx-reason"
      data-reason={failure.kind === "reason" ? failure.reason : failure.kind}
      class="why"
    >
      {failure.kind === "reason" ? (
        <Refusal reason={failure.reason} />
      ) : (
        <p>
          {t.value.act.failures[failure.kind].why} {t.value.act.failures[failure.kind].todo}
          {TOLD_WHOLE.has(failure.kind) && failure.detail !== "" && (
            <small>
              {" "}
              <ChainText text={failure.detail} />
            </small>
          )}
        </p>
      )}
    </div>
  );
}

interface Advice {
  readonly cause: string;
  readonly remedy: string;
  readonly lang: string;
}

function Refusal({ reason }: { reason: string }) {
  const advice = useSignal<Advice | undefined>(undefined);
  useSignalEffect(() => {
    const chosen = language.value;
    void adviceOn(reason, chosen).then((found) => {
      advice.value = found;
    });
  });
  return (
    <>
      <p>
        <bdi>{t.value.act.contractSays(plainText(reason))}</bdi>
      </p>
      {advice.value !== undefined && (
        <p lang={advice.value.lang}>
          {t.value.act.advice(advice.value.cause, advice.value.remedy)}
        </p>
      )}
    </>
  );
}

async function adviceOn(reason: string, chosen: string): Promise<Advice | undefined> {
  const { reasons, reasonsZhHant } = await import("../generated/reasons");
  if (!Object.hasOwn(reasons, reason)) return undefined;
  const known = reason as Reason;
  const translated = chosen === "zh-Hant" ? reasonsZhHant[known] : undefined;
  if (translated !== undefined) return { ...translated, lang: "zh-Hant" };
  return { ...reasons[known], lang: "en" };
}
