// SPDX-License-Identifier: AGPL-3.0-only
// What can keep a claim from being whole, and how anybody ends that: nobody's help is needed.

import type { Address } from "viem";
import type { Coin, Standing } from "../../chain/products";
import type { Session } from "../../chain/session";
import { ActButton } from "../../kit/act_button";
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
      <ActButton class="quiet" work={onWithdraw}>
        {words.value.withdraw}
      </ActButton>
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
      <ActButton class="quiet" work={onPull}>
        {words.value.pull}
      </ActButton>
    </p>
  );
}
