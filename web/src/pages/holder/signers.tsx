// SPDX-License-Identifier: AGPL-3.0-only
import type { Signer } from "../../chain/signers";
import { t } from "../../i18n";
import { Account } from "../../kit/links";
import { Usd } from "../../kit/numbers";

interface SignersProps {
  readonly signers: readonly Signer[] | undefined;
  readonly threshold: bigint;
}

/** Who signed a report, recovered from its signatures. */
export function Signers({ signers, threshold }: SignersProps) {
  if (signers === undefined) return <p class="hint">{t.value.day.nested}</p>;
  const names = {
    reporter: t.value.day.isReporter,
    former: t.value.day.wasReporter,
    stranger: t.value.day.notReporter,
  };
  return (
    <>
      <h3 class="after">{t.value.day.signers}</h3>
      <p class="hint">{t.value.day.signersOf(signers.length, threshold.toString())}</p>
      <ul data-testid="signers">
        {signers.map(({ address, btcUsdE8, standing }) => (
          <li key={address} data-address={address} data-standing={standing}>
            <Account address={address} />{" "}
            <small>
              {names[standing]}
              {btcUsdE8 !== undefined && (
                <>
                  , {t.value.day.price} <Usd value={btcUsdE8} decimals={8} />
                </>
              )}
            </small>
          </li>
        ))}
      </ul>
    </>
  );
}
