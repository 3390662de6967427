// SPDX-License-Identifier: AGPL-3.0-only
import { useSignal } from "@preact/signals";
import type { Connector } from "@wagmi/core";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Address } from "viem";
import { session } from "../chain/session";
import { t } from "../i18n";
import { watchedAccount } from "../settings/choices";
import {
  account,
  connectUnannounced,
  connectWallet,
  disconnectWallet,
  isViewOnly,
  switchToChain,
  walletChainId,
  walletName,
  wallets,
} from "../wallet/wallet";
import { CopyButton } from "./copy_button";
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
        {isViewOnly.value && <small>{t.value.wallet.watching}</small>}
      </button>
      {isOpen.value && (
        <Dialog
          title={account.value === undefined ? t.value.wallet.choose : t.value.wallet.account}
          onClose={close}
        >
          {account.value !== undefined && !isViewOnly.value ? (
            <Connected account={account.value} onDone={close} />
          ) : (
            <>
              {account.value !== undefined && <Watched account={account.value} />}
              <Choice onDone={close} />
            </>
          )}
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
      <Without onDone={onDone} />
      <p role="status">
        {state.value === "asking" && t.value.wallet.connecting}
        {state.value === "failed" && t.value.wallet.failed}
      </p>
    </>
  );
}

/** Its code comes with the dialog, not with the page. */
function Without({ onDone }: { onDone: () => void }) {
  const [content, setContent] = useState<JSX.Element | undefined>(undefined);
  useEffect(() => {
    void import("./without_wallet").then(({ WithoutWallet }) =>
      setContent(<WithoutWallet onDone={onDone} />),
    );
  }, []);
  const isShort = wallets.value.length > 0 || "ethereum" in window;
  return isShort ? (
    <details>
      <summary>{t.value.wallet.others}</summary>
      {content}
    </details>
  ) : (
    (content ?? null)
  );
}

/** The account that is only looked at. */
function Watched({ account }: { account: Address }) {
  return (
    <>
      <p>
        {t.value.wallet.watching}
        <br />
        <code class="whole-address">{account}</code>
      </p>
      <p class="actions">
        <CopyButton text={account} label={t.value.wallet.copyAccount} />
        <button
          type="button"
          class="secondary"
          onClick={() => {
            watchedAccount.value = undefined;
          }}
        >
          {t.value.wallet.watchStop}
        </button>
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

interface ConnectedProps {
  readonly account: Address;
  readonly onDone: () => void;
}

function Connected({ account, onDone }: ConnectedProps) {
  return (
    <>
      <p>
        <ChainText text={walletName.value ?? ""} />
        <br />
        <code class="whole-address">{account}</code>
      </p>
      <p class="actions">
        <CopyButton text={account} label={t.value.wallet.copyAccount} />
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
      </p>
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
  if (deployment === undefined || walletChainId.value === undefined || isOnChain()) return null;
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
