// SPDX-License-Identifier: AGPL-3.0-only
// My days and claims in one series: read on demand, all of it.

import { useSignal } from "@preact/signals";
import type { Address } from "viem";
import { readHistory } from "../../chain/history";
import type { Series } from "../../chain/series";
import { now } from "../../chain/session";
import { t } from "../../i18n";
import { useSeries } from "../../kit/chain_data";
import { ChainText } from "../../kit/numbers";
import { href } from "../../kit/router";
import { Empty, Ready } from "../../kit/state_boxes";
import { useRead } from "../../kit/use_read";
import { account } from "../../wallet/wallet";
import { HistoryView, Progress } from "./history_view";

export function HistoryPage({ address }: { address: Address }) {
  const read = useSeries(address);
  const holder = account.value;
  return (
    <Ready read={read}>
      {({ series }) => {
        if (series === undefined) return <h1 tabIndex={-1}>{t.value.series.notFound}</h1>;
        return (
          <>
            <p>
              <a href={href("series", address)}>
                ← <ChainText text={series.name} />
              </a>
            </p>
            <h1 tabIndex={-1}>{t.value.mine.history}</h1>
            {holder === undefined ? (
              <Empty>{t.value.forms.connect}</Empty>
            ) : (
              <Mine key={holder} series={series} holder={holder} />
            )}
          </>
        );
      }}
    </Ready>
  );
}

function Mine({ series, holder }: { series: Series; holder: Address }) {
  const part = useSignal(0);
  const read = useRead(
    async (current) => {
      const history = await readHistory(current, series, holder, BigInt(now.peek()), (done) => {
        part.value = done;
      });
      return [{ series, history }];
    },
    [series.address, holder],
  );
  if (!read.isDone) return <Progress part={part.value} />;
  return (
    <Ready read={read}>
      {(entries) => <HistoryView entries={entries} holder={holder} name={series.address} />}
    </Ready>
  );
}
