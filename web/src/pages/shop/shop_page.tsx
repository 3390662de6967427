// SPDX-License-Identifier: AGPL-3.0-only
// The shop: what issuers sell now, what it may come to, and what the account bought.

import { type Round, readHeight, readRounds } from "../../chain/offering";
import { type Session, session } from "../../chain/session";
import { followOracle, useMeans, useOwn } from "../../kit/chain_data";
import { ChainText } from "../../kit/numbers";
import { Empty, Ready } from "../../kit/state_boxes";
import { formatExact } from "../../model/units";
import { language } from "../../settings/choices";
import { account } from "../../wallet/wallet";
import { AssumptionsForm } from "./assumptions";
import { OfferCard } from "./offer_card";
import { Purchases } from "./purchases";
import { shop } from "./texts";

interface Sale {
  readonly rounds: readonly Round[];
  /** [height] of the newest reported block */
  readonly height: bigint | undefined;
}

export function ShopPage() {
  const read = useOwn(readSale);
  return (
    <>
      <h1 tabIndex={-1}>{shop.value.title}</h1>
      <p class="hint">{shop.value.hint}</p>
      {session.value?.deployment.offering === undefined ? (
        <Empty>{shop.value.absent}</Empty>
      ) : (
        <Ready read={read} lines={8}>
          {(sale) => <Sales sale={sale} />}
        </Ready>
      )}
    </>
  );
}

async function readSale(current: Session, holder: typeof account.value): Promise<Sale> {
  const [rounds, height] = await Promise.all([
    readRounds(current, holder),
    followOracle(current).then((state) => state?.newest && readHeight(current, state.newest.day)),
  ]);
  return { rounds, height };
}

function Sales({ sale: { rounds, height } }: { sale: Sale }) {
  const open = rounds.filter(({ closed }) => closed === undefined);
  const mine = rounds.filter(({ bought }) => bought > 0n);
  const over = rounds.filter(({ closed }) => closed !== undefined);
  useMeans(open.map(({ series }) => series));
  const sorted = [...open].sort(
    (a, b) => Number(b.series.isAttested) - Number(a.series.isAttested),
  );
  return (
    <>
      {account.value !== undefined && mine.length > 0 && (
        <Purchases rounds={mine} account={account.value} />
      )}
      {open.length === 0 ? <Empty>{shop.value.none}</Empty> : <AssumptionsForm />}
      {open.length > 0 && <h2>{shop.value.offers}</h2>}
      <div class="cards wide">
        {sorted.map((round) => (
          <OfferCard key={round.number} round={round} height={height} />
        ))}
      </div>
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
