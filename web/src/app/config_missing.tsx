// SPDX-License-Identifier: AGPL-3.0-only
import { t } from "../i18n";

/** Shown instead of everything when there is no deployment to read. */
export function ConfigMissing({ error }: { error: unknown }) {
  return (
    <main class="container">
      <h1>{t.value.node.config}</h1>
      <p>{t.value.node.configHint}</p>
      <p>
        <code>{error instanceof Error ? error.message : String(error)}</code>
      </p>
    </main>
  );
}
