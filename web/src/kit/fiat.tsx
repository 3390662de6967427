// SPDX-License-Identifier: AGPL-3.0-only
// Own money in a currency of the world: US dollars, or the one whose rate the host supplies.

import { session } from "../chain/session";
import { formatCurrency } from "../model/units";
import { currency, language } from "../settings/choices";
import type { HostCurrency } from "../settings/deployment";

const RATE_DECIMALS = 6;
const USD_DECIMALS = 8;

/** The host's currency if the holder chose it; `undefined` for US dollars. */
export function chosenCurrency(): HostCurrency | undefined {
  const offered = session.value?.deployment.currency;
  return currency.value === "host" ? offered : undefined;
}

/** An amount [USD, 1e8] in the currency chosen, rounded down to its cents. */
export function Fiat({ usdE8 }: { usdE8: bigint }) {
  const other = chosenCurrency();
  const code = other?.code ?? "USD";
  const value = usdE8 * (other?.perUsdE6 ?? 10n ** BigInt(RATE_DECIMALS));
  const decimals = USD_DECIMALS + RATE_DECIMALS;
  return (
    <span class="number" data-testid="worth" data-currency={code}>
      {formatCurrency(value, decimals, code, language.value)}
    </span>
  );
}
