// SPDX-License-Identifier: AGPL-3.0-only
import "@picocss/pico/css/pico.min.css";
import "./styles/base.css";
import "./styles/parts.css";
import { render } from "preact";
import { startSession } from "../chain/session";
import { startRouter } from "../kit/router";
import { startSettings } from "../settings/choices";
import { loadDeployment } from "../settings/deployment";
import { startWallet } from "../wallet/wallet";
import { App } from "./app";
import { ConfigMissing } from "./config_missing";

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
