// SPDX-License-Identifier: AGPL-3.0-only
// A note as its lender and its borrower see it, and how often history would have repaid it.

import { readLoanPast } from "../../chain/loan";
import type { Tranches } from "../../chain/products";
import { Percent } from "../../kit/numbers";
import { useRead } from "../../kit/use_read";
import { bpsOf, formatExact } from "../../model/units";
import { language } from "../../settings/choices";
import { words } from "./texts";

export function LoanView({ product }: { product: Tranches }) {
  const texts = words.value.loan;
  return (
    <div class="sides">
      <section>
        <h4>{texts.lender}</h4>
        <p>{texts.lenderWhat}</p>
      </section>
      <section>
        <h4>{texts.borrower}</h4>
        <p>{texts.borrowerWhat}</p>
      </section>
      {product.isMetByArrears && <p class="mark">{texts.byArrears}</p>}
      {product.isIssuersLoan ? (
        <p class="mark" data-testid="issuers-loan">
          {texts.issuers}
        </p>
      ) : (
        <Past product={product} />
      )}
    </div>
  );
}

/** It stands where elsewhere a loan-to-value does. */
function Past({ product }: { product: Tranches }) {
  const texts = words.value.loan;
  const { series, address } = product;
  const read = useRead((session) => readLoanPast(session, product), [address]);
  const count = (value: number) => formatExact(BigInt(value), 0, language.value);
  const past = read.value;
  if (!read.isDone) return <p class="hint">{texts.reading}</p>;
  if (past === undefined || past.starts === 0) {
    return (
      <p class="hint" data-testid="loan-past">
        {texts.noPast}
      </p>
    );
  }
  const { terms } = series;
  return (
    <p data-testid="loan-past" data-starts={past.starts} data-met={past.met}>
      {texts.past}{" "}
      <strong>
        <Percent bps={bpsOf(BigInt(past.met), BigInt(past.starts))} />
      </strong>{" "}
      {texts.pastOf(count(past.starts))}
      {past.medianDays !== undefined && ` ${texts.median(count(past.medianDays))}`}{" "}
      <small>
        {texts.measured(
          formatExact(past.sizeBps, 2, language.value),
          formatExact(terms.efficiency_mj_per_th, 3, language.value),
          formatExact(terms.power_price_usd_e6, 6, language.value),
          count(past.days),
        )}
      </small>
    </p>
  );
}
