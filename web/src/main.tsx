// SPDX-License-Identifier: AGPL-3.0-only
import "@picocss/pico/css/pico.min.css";
import "./styles/base.css";
import "./styles/parts.css";
import { render } from "preact";
import { loadDeployment } from "./config";
import { startSession } from "./state/session";
import { startSettings } from "./state/settings";
import { App } from "./ui/app";
import { ConfigMissing } from "./ui/config_missing";
import { startRouter } from "./ui/router";
import { startWallet } from "./wallet/wallet";

async function start(root: HTMLElement): Promise<void> {
  startSettings();
  startRouter();
  render(<App />, root); // the frame stands while the chain is asked
  try {
    const deployment = await loadDeployment();
    startSession(deployment);
    startWallet(deployment);
  } catch (error) {
    render(<ConfigMissing error={error} />, root);
  }
}

const root = document.getElementById("app");
if (root !== null) void start(root);
