// SPDX-License-Identifier: AGPL-3.0-only
import type { LedgerDay } from "../../chain/days";
import { readProof } from "../../chain/proof";
import { t } from "../../i18n";
import { oracleState } from "../../kit/chain_data";
import { Time } from "../../kit/numbers";
import { useRead } from "../../kit/use_read";
import { formatExact } from "../../model/units";
import { language } from "../../settings/choices";

/** What of a day is proven, what is only signed, or what is contradicted; nothing without headers. */
export function ProofBadge({ day }: { day: LedgerDay }) {
  const { value: proof } = useRead((session) => readProof(session, day.day), [day.day], true);
  const oracle = oracleState.value;
  if (proof === undefined || oracle === undefined) return null;
  const texts = t.value.day.proof;
  const signed = formatExact(oracle.threshold, 0, language.value);
  const all = formatExact(BigInt(oracle.reporterCount), 0, language.value);
  const facts = proof.areFeesProven ? texts.fees : texts.heights;
  return (
    <p>
      <span class={`grade ${GRADES[proof.state]}`} data-testid="proof" data-state={proof.state}>
        {proof.wrong !== undefined
          ? texts.contradicted(texts.facts[proof.wrong])
          : proof.state === "proven"
            ? texts.proven(facts, signed, all)
            : texts.unproven(signed, all)}
      </span>
      {proof.waitsUntil !== undefined && (
        <>
          {" "}
          {texts.waits} <Time at={proof.waitsUntil} />
        </>
      )}
    </p>
  );
}

const GRADES = { proven: "safe", unproven: "thin", contradicted: "bare" } as const;
