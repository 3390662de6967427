// SPDX-License-Identifier: AGPL-3.0-only
import type { SeriesIdentity } from "../../chain/series";
import { oracleState } from "../../kit/chain_data";
import { Fiat } from "../../kit/fiat";
import { By } from "../../kit/links";
import { usdE8 } from "../../model/figures";

type Coin = Pick<SeriesIdentity, "basePerSat">;

/** What an amount [base units] of a reward token is worth at the newest reported price. */
export function Worth({ base, coin }: { base: bigint; coin: Coin }) {
  const price = oracleState.value?.newest?.btcUsdE8;
  if (price === undefined || price === 0n) return null;
  return (
    <small class="worth">
      {"≈ "}
      <By formula="price">
        <Fiat usdE8={usdE8(base, coin.basePerSat, price)} />
      </By>
    </small>
  );
}
