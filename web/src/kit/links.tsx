// SPDX-License-Identifier: AGPL-3.0-only
// Where numbers lead: to the formula behind them, or to the transaction.

import type { ComponentChildren } from "preact";
import type { Address, Hash } from "viem";
import { session } from "../chain/session";
import type { FormulaId } from "../i18n/formula_list";
import { href } from "./router";

/** A number that leads to its formula. */
export function By({ formula, children }: { formula: FormulaId; children: ComponentChildren }) {
  return (
    <a class="source" href={href("formulas", formula)}>
      {children}
    </a>
  );
}

/** A transaction: in the explorer if there is one, else on this page. */
export function TxLink({ hash, children }: { hash: Hash; children?: ComponentChildren }) {
  const explorer = session.value?.deployment.chain.blockExplorers?.default.url;
  const text = children ?? <code>{short(hash)}</code>;
  if (explorer === undefined) return <a href={href("tx", hash)}>{text}</a>;
  return (
    <a href={`${explorer}/tx/${hash}`} rel="noreferrer noopener" target="_blank">
      {text}
    </a>
  );
}

/** An account or contract, shortened; the whole of it can be read and copied. */
export function Account({ address }: { address: Address }) {
  const explorer = session.value?.deployment.chain.blockExplorers?.default.url;
  const text = (
    <code class="address" title={address}>
      {short(address)}
    </code>
  );
  if (explorer === undefined) return text;
  return (
    <a href={`${explorer}/address/${address}`} rel="noreferrer noopener" target="_blank">
      {text}
    </a>
  );
}

/** The first and last digits. */
export function short(hex: string): string {
  return `${hex.slice(0, 6)}…${hex.slice(-4)}`;
}
