// SPDX-License-Identifier: AGPL-3.0-only
// The wallets in this browser (EIP-6963, EIP-1193), through wagmi.

import { computed, signal } from "@preact/signals";
import {
  type Config,
  type Connector,
  connect,
  createConfig,
  createStorage,
  disconnect,
  type GetConnectionReturnType,
  getConnection,
  getConnectors,
  injected,
  noopStorage,
  reconnect,
  switchChain,
  watchAsset,
  watchConnection,
  watchConnectors,
} from "@wagmi/core";
import { type Address, http } from "viem";
import { THS_DECIMALS } from "../model/units";
import { watchedAccount } from "../settings/choices";
import type { Deployment } from "../settings/deployment";

/** Wallets that announced themselves. */
export const wallets = signal<readonly Connector[]>([]);
const connection = signal<GetConnectionReturnType | undefined>(undefined);

/** The connected account, or the one looked at without a wallet; its checksummed address. */
export const account = computed(() => connection.value?.address ?? watchedAccount.value);
/** Nothing can be signed: the account is only looked at. */
export const isViewOnly = computed(
  () => connection.value?.address === undefined && account.value !== undefined,
);
/** The chain that the wallet is on. */
export const walletChainId = computed(() => connection.value?.chainId);
export const walletName = computed(() => connection.value?.connector?.name);

/** [characters] that wallets accept, by EIP-747's most common reading */
const MAX_SYMBOL = 11;

let config: Config | undefined;

/** [ms] that the wallet used last is waited for at the start */
const PATIENCE_MS = 1_000;
/** It is known who is connected: nothing need be read for nobody and then again for somebody. */
export const isWalletKnown = signal(false);

/** Look for wallets, and connect again to the one used last. */
export function startWallet({ chain }: Deployment): void {
  const started = createConfig({
    chains: [chain],
    transports: { [chain.id]: http() },
    connectors: [],
    multiInjectedProviderDiscovery: true,
    storage: createStorage({ key: "hashrate.wallet", storage: localStorageOrNone() }),
  });
  config = started;
  const show = (): void => {
    wallets.value = offered(getConnectors(started));
  };
  watchConnectors(started, {
    onChange: () => {
      show();
      void connectAgain(started);
    },
  });
  watchConnection(started, { onChange: (next) => (connection.value = next) });
  connection.value = getConnection(started);
  show();
  void connectAgain(started);
  setTimeout(know, PATIENCE_MS);
}

/** Where storage is forbidden even its name throws: the choice lasts as long as the page. */
function localStorageOrNone(): Pick<Storage, "getItem" | "setItem" | "removeItem"> {
  try {
    return localStorage;
  } catch {
    return noopStorage;
  }
}

/** Only to the wallet that the holder chose before; nobody is connected unasked. */
async function connectAgain(started: Config): Promise<void> {
  const recent = await started.storage?.getItem("recentConnectorId");
  if (recent === null || recent === undefined) know();
  const connectors = getConnectors(started).filter(({ id }) => id === recent);
  if (connectors.length === 0 || getConnection(started).status !== "disconnected") return;
  await reconnect(started, { connectors }).catch(() => undefined);
  know();
}

function know(): void {
  isWalletKnown.value = true;
}

/** wagmi's configuration; only after `startWallet`. */
export function walletConfig(): Config {
  if (config === undefined) throw new Error("no wallet before startWallet");
  return config;
}

export async function connectWallet(connector: Connector): Promise<void> {
  await connect(walletConfig(), { connector });
}

/** Connect the wallet that did not announce itself but stands at `window.ethereum`. */
export async function connectUnannounced(): Promise<void> {
  await connect(walletConfig(), { connector: injected() });
}

export async function disconnectWallet(): Promise<void> {
  await disconnect(walletConfig());
}

/** Ask the wallet to switch to the deployment's chain, and to add it if it does not know it. */
export async function switchToChain({ chain }: Deployment): Promise<void> {
  await switchChain(walletConfig(), {
    chainId: chain.id,
    addEthereumChainParameter: { rpcUrls: chain.rpcUrls.default.http },
  });
}

/** Ask the wallet to list a token: the symbol as the chain says it, 18 decimals. */
export async function showToken(address: Address, symbol: string): Promise<void> {
  await watchAsset(walletConfig(), {
    type: "ERC20",
    options: { address, symbol: symbol.slice(0, MAX_SYMBOL), decimals: THS_DECIMALS },
  });
}

function offered(connectors: readonly Connector[]): readonly Connector[] {
  return connectors.filter(({ type }) => type === "injected");
}
