// SPDX-License-Identifier: AGPL-3.0-only
import "@picocss/pico/css/pico.min.css";
import "./styles/base.css";
import "./styles/parts.css";
import { render } from "preact";
import { startSession } from "../chain/session";
import { startRouter } from "../kit/router";
import { startSettings } from "../settings/choices";
import { type Deployment, loadDeployment } from "../settings/deployment";
import { startWallet } from "../wallet/wallet";
import { App } from "./app";
import { ConfigMissing } from "./config_missing";

/** [ms] that the first frame waits for the deployment, which is mostly there: see index.html */
const PATIENCE_MS = 50;

async function start(root: HTMLElement): Promise<void> {
  startSettings();
  startRouter();
  try {
    const starting = loadDeployment().then(begin);
    // known before the first frame, the chain is asked beside drawing it, and it is drawn once
    await Promise.race([starting, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
    render(<App />, root); // the frame stands while the chain is asked
    await starting;
  } catch (error) {
    render(<ConfigMissing error={error} />, root);
  }
}

function begin(deployment: Deployment): void {
  startSession(deployment);
  startWallet(deployment);
}

const root = document.getElementById("app");
if (root !== null) void start(root);
