// SPDX-License-Identifier: AGPL-3.0-only
// What can keep a claim from being whole, and how anybody ends that: nobody's help is needed.

import type { Address } from "viem";
import type { Coin, Standing } from "../../chain/products";
import { type Session, session } from "../../chain/session";
import { canAct } from "../../kit/form_input";
import { ChainText, Money } from "../../kit/numbers";
import { words } from "./texts";

interface CreditProps {
  readonly coin: Coin;
  /** [base units] */
  readonly amount: bigint;
  readonly onWithdraw: (session: Session) => Promise<boolean>;
}

/** A coin that could not be delivered to the account, and waits for it. */
export function Credit({ coin, amount, onWithdraw }: CreditProps) {
  if (amount === 0n) return null;
  return (
    <p data-testid="credit">
      {words.value.credit}{" "}
      <Money
        base={amount}
        decimals={coin.rewardDecimals}
        symbol={coin.rewardSymbol}
        testid="credit-amount"
      />{" "}
      <Act text={words.value.withdraw} work={onWithdraw} />
    </p>
  );
}

interface BehindProps {
  readonly standing: Standing;
  readonly symbol: string;
  readonly address: Address;
  readonly onPull: (session: Session) => Promise<boolean>;
}

/** A contract that has not collected yet what its tokens earned, which a claim may not be able to. */
export function Behind({ standing, symbol, address, onPull }: BehindProps) {
  if (!standing.isBehind) return null;
  return (
    <p data-testid="behind" data-series={address}>
      <ChainText text={symbol} /> · {words.value.behind}{" "}
      <Act text={words.value.pull} work={onPull} />
    </p>
  );
}

function Act({ text, work }: { text: string; work: CreditProps["onWithdraw"] }) {
  const act = () => {
    if (session.value !== undefined) void work(session.value);
  };
  return (
    <button type="button" class="quiet" disabled={!canAct()} onClick={act}>
      {text}
    </button>
  );
}
