// SPDX-License-Identifier: AGPL-3.0-only
// What the visitor believes of the future; it stays in this tab.

import { computed, signal } from "@preact/signals";
import { parseUnits } from "viem";
import { oracleState } from "../../kit/chain_data";
import { DraftField } from "../../kit/field";
import type { Assumptions } from "../../model/payback";
import { formatCurrency } from "../../model/units";
import { language } from "../../settings/choices";
import { shop } from "./texts";

const GROWTH = /^[-−]?\d{1,2}(\.\d{1,2})?$/;
const PRICE = /^(\d{1,9}|\d{1,3}(,\d{3}){1,2})(\.\d{1,8})?$/;

const growth = signal("1");
/** Empty: the last reported day's. */
const btc = signal("");

const growthBps = computed(() => {
  const text = growth.value.trim().replace("−", "-");
  return GROWTH.test(text) ? parseUnits(text, 2) : undefined;
});
const btcUsdE8 = computed(() => {
  const text = btc.value.trim();
  if (text === "") return oracleState.value?.newest?.btcUsdE8;
  const price = PRICE.test(text) ? parseUnits(text.replaceAll(",", ""), 8) : 0n;
  return price > 0n ? price : undefined;
});

/** What is believed; `undefined` while it makes no sense, or no price is known. */
export const assumptions = computed<Assumptions | undefined>(() =>
  growthBps.value === undefined || btcUsdE8.value === undefined
    ? undefined
    : { growthBps: growthBps.value, btcUsdE8: btcUsdE8.value },
);

export function AssumptionsForm() {
  const texts = shop.value.believe;
  const known = oracleState.value?.newest?.btcUsdE8 ?? 0n;
  const price = formatCurrency(known, 8, "USD", language.value);
  const isBadPrice = btc.value.trim() !== "" && btcUsdE8.value === undefined;
  return (
    <section class="panel" data-testid="assumptions">
      <h2>{texts.title}</h2>
      <p class="hint">
        {texts.hint} {texts.halving}
      </p>
      <div class="forms">
        <DraftField
          label={texts.growth}
          text={growth}
          hint={texts.growthHint}
          problem={growthBps.value === undefined ? texts.bad : undefined}
          mode="decimal"
        />
        <DraftField
          label={texts.btc}
          text={btc}
          hint={texts.btcHint(price)}
          problem={isBadPrice ? texts.bad : undefined}
          mode="decimal"
        />
      </div>
    </section>
  );
}
