// SPDX-License-Identifier: AGPL-3.0-only
// My days and claims in every series that I ever held: one history, one table for the tax office.

import { useSignal } from "@preact/signals";
import type { Address } from "viem";
import { readAccountHistory } from "../../chain/account_history";
import { now } from "../../chain/session";
import { t } from "../../i18n";
import { Empty, Ready } from "../../kit/state_boxes";
import { useRead } from "../../kit/use_read";
import { account } from "../../wallet/wallet";
import { HistoryView, Progress } from "./history_view";

export function AccountPage() {
  const holder = account.value;
  return (
    <>
      <h1 tabIndex={-1}>{t.value.mine.history}</h1>
      <p class="hint">{t.value.mine.allHint}</p>
      {holder === undefined ? (
        <Empty>{t.value.forms.connect}</Empty>
      ) : (
        <Mine key={holder} holder={holder} />
      )}
    </>
  );
}

function Mine({ holder }: { holder: Address }) {
  const part = useSignal(0);
  const read = useRead(
    (current) =>
      readAccountHistory(current, holder, BigInt(now.peek()), (done) => {
        part.value = done;
      }),
    [holder],
  );
  if (!read.isDone) return <Progress part={part.value} />;
  return (
    <Ready read={read}>
      {(entries) =>
        entries.length === 0 ? (
          <Empty>{t.value.mine.noDays}</Empty>
        ) : (
          <HistoryView entries={entries} holder={holder} name={holder} />
        )
      }
    </Ready>
  );
}
