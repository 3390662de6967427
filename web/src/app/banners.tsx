// SPDX-License-Identifier: AGPL-3.0-only

import { overdueSeconds } from "../chain/oracle";
import {
  head,
  nodeState,
  now,
  pauseSeconds,
  refresh,
  session,
  slowSeconds,
} from "../chain/session";
import { t } from "../i18n";
import { oracleState } from "../kit/chain_data";
import { NetworkWarning } from "../kit/wallet_menu";
import { DAY_SECONDS, formatExact } from "../model/units";
import { chosenRpcUrl, language } from "../settings/choices";

/** What the holder has to know before any number. */
export function Banners() {
  return (
    <div class="banners">
      <PracticeBanner />
      <NodeBanner />
      <StaleBanner />
      <NetworkWarning />
    </div>
  );
}

function PracticeBanner() {
  if (session.value?.deployment.isSimulated !== true) return null;
  return (
    <p class="practice" data-testid="practice">
      {t.value.node.simulated}
    </p>
  );
}

/** The node answers, but not now. */
function WaitBanner() {
  const [title, hint] =
    pauseSeconds.value > 0
      ? [t.value.node.busy(whole(pauseSeconds.value)), t.value.node.busyHint]
      : [t.value.node.slow(whole(slowSeconds.value)), t.value.node.slowHint];
  const isWaiting = pauseSeconds.value > 0 || slowSeconds.value > 0;
  return (
    <div role="status">
      {isWaiting && (
        <div class="banner warning" data-testid="rpc-slow">
          <p>
            <strong>{title}</strong> {hint}
          </p>
        </div>
      )}
    </div>
  );
}

function whole(seconds: number): string {
  return formatExact(BigInt(seconds), 0, language.value);
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
  if (nodeState.value !== "down") return <WaitBanner />;
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
