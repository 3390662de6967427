// SPDX-License-Identifier: AGPL-3.0-only
import type { Address } from "viem";
import { readFunds, readTranches, type Tranches } from "../../chain/products";
import { type Session, session } from "../../chain/session";
import { readSpot, type Spot } from "../../chain/spot";
import { useOwn } from "../../kit/chain_data";
import { Empty, Ready } from "../../kit/state_boxes";
import { CreateForms } from "./create_forms";
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
      {(tranches ?? funds) !== undefined && <CreateForms />}
      {tranches === undefined && funds === undefined && <Empty>{words.value.none}</Empty>}
    </>
  );
}

interface Shelf {
  readonly products: readonly Tranches[];
  readonly spot: Spot | undefined;
}

/** Products, and what holders ask and bid for their tokens. */
async function readShelf(current: Session, holder: Address | undefined): Promise<Shelf> {
  const products = await readTranches(current, holder);
  const tokens = products.flatMap(({ senior, junior }) => [senior.address, junior.address]);
  const spot = current.deployment.spot && (await readSpot(current, tokens, holder));
  return { products, spot };
}

function TrancheList() {
  const read = useOwn(readShelf);
  return (
    <>
      <h2>{words.value.tranches}</h2>
      <Ready read={read} lines={6}>
        {({ products, spot }) =>
          products.length === 0 ? (
            <Empty>{words.value.none}</Empty>
          ) : (
            <div class="cards wide">
              {products.map((product) => (
                <TrancheCard key={product.address} product={product} spot={spot} />
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
