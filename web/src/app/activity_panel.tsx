// SPDX-License-Identifier: AGPL-3.0-only
// The act in progress: always at the foot of the page, told to screen readers as it moves on.

import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { head, session } from "../chain/session";
import type { Reason } from "../generated/reasons";
import { t } from "../i18n";
import { TxLink } from "../kit/links";
import { ChainText, Money } from "../kit/numbers";
import type { Shortfall } from "../model/sweep";
import { formatExact } from "../model/units";
import { language } from "../settings/choices";
import { type Activity, activity, dismissActivity, isBusy, type Step } from "../wallet/activity";
import type { Failure } from "../wallet/failure";
import { recheck } from "../wallet/recheck";

/** [characters] of a reason that are shown: contracts of this project use 32 at most. */
const MAX_REASON = 80;
/** [ms] that a success stays; taps go through it meanwhile. */
const CONFIRMED_MS = 8_000;
const STEPS: readonly Step[] = ["preparing", "sign", "sent", "confirmed"];

export function ActivityPanel() {
  const current = activity.value?.isSeen ? undefined : activity.value;
  // what has more to say than that it is done waits to be read
  const isDone = current?.step === "confirmed" && current.outcome.shortfall === undefined;
  useEffect(() => {
    if (!isDone) return;
    const timer = setTimeout(dismissActivity, CONFIRMED_MS);
    return () => clearTimeout(timer);
  }, [current, isDone]);
  useSignalEffect(() => {
    const [current, seen] = [session.value, head.value];
    if (current === undefined || seen === undefined) return;
    recheck(current, seen).catch(() => undefined); // again at the next block
  });
  return (
    <section
      class={isDone ? "activity done" : "activity"}
      aria-label={t.value.act.region}
      hidden={current === undefined}
    >
      <div role="status" aria-live="polite">
        {current !== undefined && <Progress current={current} />}
      </div>
      {current !== undefined && !isBusy.value && (
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
        {(current.act === "permit" || current.act === "order") &&
        current.step === "confirmed" &&
        current.hashes.length === 0
          ? t.value.act.signed
          : t.value.act.steps[current.step]}
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
          {(failure.kind === "unknown" || failure.kind === "silent") && failure.detail !== "" && (
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
        <bdi>{t.value.act.contractSays(reason.slice(0, MAX_REASON))}</bdi>
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
