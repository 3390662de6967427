// SPDX-License-Identifier: AGPL-3.0-only
import { useSignal } from "@preact/signals";
import type { Connector } from "@wagmi/core";
import { session } from "../chain/session";
import { t } from "../i18n";
import {
  account,
  connectUnannounced,
  connectWallet,
  disconnectWallet,
  switchToChain,
  walletChainId,
  walletName,
  wallets,
} from "../wallet/wallet";
import { Dialog } from "./dialog";
import { short } from "./links";
import { ChainText } from "./numbers";

/** Connect, or the connected account. */
export function WalletMenu() {
  const isOpen = useSignal(false);
  const close = () => {
    isOpen.value = false;
  };
  return (
    <>
      <button type="button" class="wallet" onClick={() => (isOpen.value = true)}>
        {account.value === undefined ? t.value.wallet.connect : short(account.value)}
      </button>
      {isOpen.value && (
        <Dialog
          title={account.value === undefined ? t.value.wallet.choose : t.value.wallet.account}
          onClose={close}
        >
          {account.value === undefined ? <Choice onDone={close} /> : <Connected onDone={close} />}
        </Dialog>
      )}
    </>
  );
}

function Choice({ onDone }: { onDone: () => void }) {
  const state = useSignal<"idle" | "asking" | "failed">("idle");
  const connect = async (ask: () => Promise<void>) => {
    state.value = "asking";
    try {
      await ask();
      onDone();
    } catch {
      state.value = "failed";
    }
  };
  const hasUnannounced = wallets.value.length === 0 && "ethereum" in window;
  return (
    <>
      {wallets.value.map((wallet) => (
        <button
          key={wallet.uid}
          type="button"
          class="wallet-option"
          data-testid="wallet-option"
          disabled={state.value === "asking"}
          onClick={() => connect(() => connectWallet(wallet))}
        >
          <WalletIcon wallet={wallet} />
          <ChainText text={wallet.name} />
        </button>
      ))}
      {hasUnannounced && (
        <button
          type="button"
          class="wallet-option"
          data-testid="wallet-option"
          onClick={() => connect(connectUnannounced)}
        >
          {t.value.wallet.unannounced}
        </button>
      )}
      {wallets.value.length === 0 && !hasUnannounced && (
        <p>
          <strong>{t.value.wallet.none}</strong> {t.value.wallet.noneHint}
        </p>
      )}
      <p role="status">
        {state.value === "asking" && t.value.wallet.connecting}
        {state.value === "failed" && t.value.wallet.failed}
      </p>
    </>
  );
}

/** Wallets bring their icon as a data URI; anything else would be a request to a third party. */
function WalletIcon({ wallet }: { wallet: Connector }) {
  const icon = wallet.icon?.trim();
  return icon?.startsWith("data:image/") ? (
    <img src={icon} alt="" width="28" height="28" />
  ) : (
    <span class="wallet-icon" aria-hidden="true" />
  );
}

function Connected({ onDone }: { onDone: () => void }) {
  return (
    <>
      <p>
        <ChainText text={walletName.value ?? ""} />
        <br />
        <code class="whole-address">{account.value}</code>
      </p>
      <button
        type="button"
        class="secondary"
        onClick={async () => {
          onDone();
          await disconnectWallet();
        }}
      >
        {t.value.wallet.disconnect}
      </button>
    </>
  );
}

/** Whether the connected wallet is on the deployment's chain. */
export function isOnChain(): boolean {
  return walletChainId.value === session.value?.deployment.chain.id;
}

/** Shown while the wallet is on another network. */
export function NetworkWarning() {
  const deployment = session.value?.deployment;
  const hasFailed = useSignal(false);
  if (deployment === undefined || account.value === undefined || isOnChain()) return null;
  const { name } = deployment.chain;
  const change = async () => {
    hasFailed.value = false;
    await switchToChain(deployment).catch(() => {
      hasFailed.value = true;
    });
  };
  return (
    <div class="banner warning" role="alert" data-testid="network-warning">
      <p>
        <strong>{t.value.wallet.wrongNetwork(name)}</strong> {t.value.wallet.wrongNetworkHint}{" "}
        {hasFailed.value && t.value.act.failures.rejected.why}
      </p>
      <button type="button" onClick={change}>
        {t.value.wallet.switch(name)}
      </button>
    </div>
  );
}
