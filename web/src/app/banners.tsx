// SPDX-License-Identifier: AGPL-3.0-only

import { overdueSeconds } from "../chain/oracle";
import { head, nodeState, now, refresh, session } from "../chain/session";
import { t } from "../i18n";
import { NetworkWarning } from "../kit/wallet_menu";
import { DAY_SECONDS } from "../model/units";
import { oracleState } from "../pages/holder/chain_data";
import { chosenRpcUrl } from "../settings/choices";

/** What the holder has to know before any number. */
export function Banners() {
  return (
    <div class="banners">
      <NodeBanner />
      <StaleBanner />
      <NetworkWarning />
    </div>
  );
}

function NodeBanner() {
  const chain = session.value?.deployment.chain;
  if (chain === undefined) return null;
  if (nodeState.value === "other-chain") {
    return (
      <div class="banner danger" role="alert" data-testid="rpc-other-chain">
        <p>
          <strong>{t.value.node.otherChain(chain.name)}</strong> {t.value.node.otherChainHint}
        </p>
      </div>
    );
  }
  if (nodeState.value !== "down") return null;
  const url = chosenRpcUrl.value || chain.rpcUrls.default.http[0] || "";
  return (
    <div class="banner danger" role="alert" data-testid="rpc-down">
      <p>
        <strong>{t.value.node.down}</strong> {t.value.node.downHint(url)}
      </p>
      <button type="button" onClick={refresh}>
        {t.value.retry}
      </button>
    </div>
  );
}

function StaleBanner() {
  const oracle = oracleState.value;
  if (oracle === undefined || head.value === undefined || oracle.lastFinalDay < oracle.firstDay) {
    return null;
  }
  const overdue = overdueSeconds(oracle, BigInt(now.value));
  if (overdue === 0n) return null;
  return (
    <div class="banner warning" role="status" data-testid="stale-warning">
      <p>
        <strong>{t.value.stale.title(Number(overdue / DAY_SECONDS))}</strong> {t.value.stale.hint}
      </p>
    </div>
  );
}
