// SPDX-License-Identifier: AGPL-3.0-only
// The shop: what can be bought now, from issuers and from other holders, what it may come to; what
// the account can sell; and what its purchases cost and earned.

import type { Address } from "viem";
import { type Round, readHeight } from "../../chain/offering";
import { type Session, session } from "../../chain/session";
import { readWares, type Wares } from "../../chain/wares";
import { followOracle, useMeans, useOwn } from "../../kit/chain_data";
import { ChainText } from "../../kit/numbers";
import { OpenOrders } from "../../kit/spot_offer";
import { spot as spotTexts } from "../../kit/spot_texts";
import { Empty, Ready } from "../../kit/state_boxes";
import { formatExact } from "../../model/units";
import { language } from "../../settings/choices";
import { account } from "../../wallet/wallet";
import { AssumptionsForm } from "./assumptions";
import { Purchases } from "./purchases";
import { BidCard, SellCard } from "./sell_card";
import { shop } from "./texts";
import { WareCard } from "./ware_card";

interface Sale extends Wares {
  /** [height] of the newest reported block */
  readonly height: bigint | undefined;
}

export function ShopPage() {
  const read = useOwn(readSale);
  const { offering, spot } = session.value?.deployment ?? {};
  return (
    <>
      <h1 tabIndex={-1}>{shop.value.title}</h1>
      <p class="hint">{shop.value.hint}</p>
      {offering === undefined && spot === undefined ? (
        <Empty>{shop.value.absent}</Empty>
      ) : (
        <Ready read={read} lines={8}>
          {(sale) => <Sales sale={sale} />}
        </Ready>
      )}
    </>
  );
}

async function readSale(current: Session, holder: Address | undefined): Promise<Sale> {
  const [wares, height] = await Promise.all([
    readWares(current, holder),
    followOracle(current).then((state) => state?.newest && readHeight(current, state.newest.day)),
  ]);
  return { ...wares, height };
}

function Sales({ sale: { wares, rounds, spot, moneys, height } }: { sale: Sale }) {
  const offered = wares.filter(
    (ware) => ware.rounds.length > 0 || ware.books.some(({ asks }) => asks.length > 0),
  );
  const held = wares.filter((ware) => ware.held > 0n && ware.books.length > 0);
  const wanted = wares.filter((ware) => !offered.includes(ware) && ware.books.length > 0);
  const over = rounds.filter(({ closed }) => closed !== undefined);
  const own = spot?.own ?? [];
  useMeans(wares.map(({ series }) => series));
  const sorted = [...offered].sort(
    (a, b) => Number(b.series.isAttested) - Number(a.series.isAttested),
  );
  const having = [...wares.map(({ held }) => held), ...moneys.map(({ balance }) => balance)].join();
  const nameOf = (token: string) =>
    wares.find(({ series }) => series.token === token)?.series.symbol ?? token;
  return (
    <>
      {account.value !== undefined && (
        <Purchases rounds={rounds} account={account.value} having={having} />
      )}
      {spot === undefined && (
        <p class="banner warning" role="alert" data-testid="spot-down">
          {spotTexts.value.down}
        </p>
      )}
      <OpenOrders orders={own} moneys={moneys} nameOf={nameOf} />
      {offered.length === 0 ? <Empty>{shop.value.none}</Empty> : <AssumptionsForm />}
      {offered.length > 0 && <h2>{shop.value.offers}</h2>}
      <div class="cards wide">
        {sorted.map((ware) => (
          <WareCard key={ware.series.address} ware={ware} own={own} height={height} />
        ))}
      </div>
      {held.length > 0 && (
        <section>
          <h2>{shop.value.sell}</h2>
          <p class="hint">{shop.value.sellHint}</p>
          <div class="cards wide">
            {held.map((ware) => (
              <SellCard key={ware.series.address} ware={ware} own={own} />
            ))}
          </div>
        </section>
      )}
      {wanted.length > 0 && account.value !== undefined && (
        <section>
          <h2>{shop.value.bid}</h2>
          <p class="hint">{shop.value.bidHint}</p>
          <div class="cards wide">
            {wanted.map((ware) => (
              <BidCard key={ware.series.address} ware={ware} own={own} />
            ))}
          </div>
        </section>
      )}
      {over.length > 0 && <Over rounds={over} />}
    </>
  );
}

function Over({ rounds }: { rounds: readonly Round[] }) {
  return (
    <details>
      <summary>{shop.value.over}</summary>
      <ul>
        {rounds.map(({ number, series, closed }) => (
          <li key={number} data-testid="over" data-closed={closed}>
            <ChainText text={series.name} /> ·{" "}
            {shop.value.round(formatExact(number, 0, language.value))}
            {closed !== undefined && `: ${shop.value.closed[closed]}`}
          </li>
        ))}
      </ul>
    </details>
  );
}
