// SPDX-License-Identifier: AGPL-3.0-only
import type { Address } from "viem";
import { readFunds, readTranches } from "../../chain/products";
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

/** Products, and what holders ask and bid for their tokens. */
interface Shelf<P> {
  readonly products: readonly P[];
  readonly spot: Spot | undefined;
}

async function shelfOf<P>(
  current: Session,
  holder: Address | undefined,
  products: readonly P[],
  tokensOf: (product: P) => readonly Address[],
): Promise<Shelf<P>> {
  const isTraded = current.deployment.spot !== undefined;
  const spot = isTraded ? await readSpot(current, products.flatMap(tokensOf), holder) : undefined;
  return { products, spot };
}

async function readTrancheShelf(current: Session, holder: Address | undefined) {
  const products = await readTranches(current, holder);
  return shelfOf(current, holder, products, ({ senior, junior }) => [
    senior.address,
    junior.address,
  ]);
}

async function readFundShelf(current: Session, holder: Address | undefined) {
  const funds = await readFunds(current, holder);
  return shelfOf(current, holder, funds, ({ address }) => [address]);
}

function TrancheList() {
  const read = useOwn(readTrancheShelf);
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
  const read = useOwn(readFundShelf);
  return (
    <>
      <h2>{words.value.funds}</h2>
      <Ready read={read} lines={6}>
        {({ products, spot }) =>
          products.length === 0 ? (
            <Empty>{words.value.none}</Empty>
          ) : (
            <div class="cards wide">
              {products.map((fund) => (
                <FundCard key={fund.address} fund={fund} spot={spot} />
              ))}
            </div>
          )
        }
      </Ready>
    </>
  );
}
