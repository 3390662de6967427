// SPDX-License-Identifier: AGPL-3.0-only
// Ways on for a browser without a wallet: the wallets' own browsers, another device, only looking.

import { useSignal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { getAddress, isAddress } from "viem";
import { t } from "../i18n";
import { watchedAccount } from "../settings/choices";
import { CopyButton } from "./copy_button";
import { DraftField } from "./field";

interface MobileWallet {
  readonly name: string;
  /** Opens a page in the wallet's browser; nothing is asked before somebody follows it. */
  readonly link: (url: string) => string;
}

const MOBILE_WALLETS: readonly MobileWallet[] = [
  {
    name: "MetaMask",
    link: (url) => `https://link.metamask.io/dapp/${url.replace(/^https?:\/\//, "")}`,
  },
  {
    name: "imToken",
    link: (url) => `imtokenv2://navigate/DappView?url=${encodeURIComponent(url)}`,
  },
  {
    name: "Trust Wallet",
    link: (url) =>
      `https://link.trustwallet.com/open_url?coin_id=60&url=${encodeURIComponent(url)}`,
  },
];

/** Everything one can do without a wallet in this browser. */
export function WithoutWallet({ onDone }: { onDone: () => void }) {
  return (
    <>
      <OpenElsewhere url={location.href} />
      <WatchForm onDone={onDone} />
    </>
  );
}

function OpenElsewhere({ url }: { url: string }) {
  return (
    <>
      <h3>{t.value.wallet.openInWallet}</h3>
      <p class="phone-wallets">
        {MOBILE_WALLETS.map(({ name, link }) => (
          <a key={name} href={link(url)} rel="noreferrer">
            {name}
          </a>
        ))}
      </p>
      <p class="hint">{t.value.wallet.scan}</p>
      <QrCode text={url} />
      <CopyButton text={url} label={t.value.wallet.copyPage} />
    </>
  );
}

/** A text as a picture for a phone's camera; dark on light in every theme. */
function QrCode({ text }: { text: string }) {
  const [rows, setRows] = useState<readonly (readonly boolean[])[]>([]);
  useEffect(() => {
    let isWanted = true;
    void import("uqr").then(({ encode }) => {
      if (isWanted) setRows(encode(text, { border: 2 }).data);
    });
    return () => {
      isWanted = false;
    };
  }, [text]);
  const path = rows
    .flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : [])))
    .join("");
  return (
    <svg
      class="qr"
      viewBox={`0 0 ${rows.length || 1} ${rows.length || 1}`}
      role="img"
      aria-label={t.value.wallet.qr(text)}
      data-testid="qr"
    >
      <path d={path} />
    </svg>
  );
}

/** An address is enough to read what an account has. */
function WatchForm({ onDone }: { onDone: () => void }) {
  const text = useSignal("");
  const isBad = useSignal(false);
  const watch = (event: Event) => {
    event.preventDefault();
    const address = text.value.trim();
    isBad.value = !isAddress(address);
    if (isBad.value) return;
    watchedAccount.value = getAddress(address);
    onDone();
  };
  return (
    <form onSubmit={watch} data-testid="watch-form" noValidate>
      <h3>{t.value.wallet.watch}</h3>
      <p class="hint">{t.value.wallet.watchHint}</p>
      <DraftField
        label={t.value.wallet.watchField}
        text={text}
        problem={isBad.value ? t.value.forms.badAddress : undefined}
      />
      <button type="submit">{t.value.wallet.watchStart}</button>
    </form>
  );
}
