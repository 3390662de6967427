// SPDX-License-Identifier: AGPL-3.0-only
import { readFunds, readTranches } from "../../chain/products";
import { session } from "../../chain/session";
import { useOwn } from "../../kit/chain_data";
import { Empty, Ready } from "../../kit/state_boxes";
import { FundCard } from "./fund_card";
import { words } from "./texts";
import { TrancheCard } from "./tranche_card";

/** Strips, notes and funds: what there is, and what the account has in them. */
export function ProductsPage() {
  const { tranches, funds } = session.value?.deployment ?? {};
  return (
    <>
      <h1 tabIndex={-1}>{words.value.title}</h1>
      <p class="hint">{words.value.hint}</p>
      {tranches !== undefined && <TrancheList />}
      {funds !== undefined && <FundList />}
      {tranches === undefined && funds === undefined && <Empty>{words.value.none}</Empty>}
    </>
  );
}

function TrancheList() {
  const read = useOwn(readTranches);
  return (
    <>
      <h2>{words.value.tranches}</h2>
      <Ready read={read} lines={6}>
        {(products) =>
          products.length === 0 ? (
            <Empty>{words.value.none}</Empty>
          ) : (
            <div class="cards wide">
              {products.map((product) => (
                <TrancheCard key={product.address} product={product} />
              ))}
            </div>
          )
        }
      </Ready>
    </>
  );
}

function FundList() {
  const read = useOwn(readFunds);
  return (
    <>
      <h2>{words.value.funds}</h2>
      <Ready read={read} lines={6}>
        {(funds) =>
          funds.length === 0 ? (
            <Empty>{words.value.none}</Empty>
          ) : (
            <div class="cards wide">
              {funds.map((fund) => (
                <FundCard key={fund.address} fund={fund} />
              ))}
            </div>
          )
        }
      </Ready>
    </>
  );
}
