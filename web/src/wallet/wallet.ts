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
  watchConnection,
  watchConnectors,
} from "@wagmi/core";
import { http } from "viem";
import type { Deployment } from "../settings/deployment";

/** Wallets that announced themselves. */
export const wallets = signal<readonly Connector[]>([]);
const connection = signal<GetConnectionReturnType | undefined>(undefined);

/** The connected account; its checksummed address. */
export const account = computed(() => connection.value?.address);
/** The chain that the wallet is on. */
export const walletChainId = computed(() => connection.value?.chainId);
export const walletName = computed(() => connection.value?.connector?.name);

let config: Config | undefined;

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
  const connectors = getConnectors(started).filter(({ id }) => id === recent);
  if (connectors.length === 0 || getConnection(started).status !== "disconnected") return;
  await reconnect(started, { connectors }).catch(() => undefined);
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

function offered(connectors: readonly Connector[]): readonly Connector[] {
  return connectors.filter(({ type }) => type === "injected");
}
