// SPDX-License-Identifier: AGPL-3.0-only
import type { Address } from "viem";
import { t } from "../i18n";
import { useSeries } from "../state/chain_data";
import { HoldingPanel } from "./holding_panel";
import { ChainText } from "./numbers";
import { SeriesFacts, SeriesMarks } from "./series_facts";
import { Ready } from "./state_boxes";

export function SeriesPage({ address }: { address: Address }) {
  const read = useSeries(address);
  return (
    <Ready read={read} lines={8}>
      {({ series, holding }) =>
        series === undefined ? (
          <h1 tabIndex={-1}>{t.value.series.notFound}</h1>
        ) : (
          <>
            <h1 tabIndex={-1}>
              <ChainText text={series.name} />
            </h1>
            <SeriesMarks series={series} />
            {holding !== undefined && <HoldingPanel holding={holding} />}
            <SeriesFacts series={series} />
          </>
        )
      }
    </Ready>
  );
}
