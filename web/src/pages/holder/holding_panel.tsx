// SPDX-License-Identifier: AGPL-3.0-only
// What the account has in one series, and the claim.

import type { Holding } from "../../chain/account";
import { session } from "../../chain/session";
import { t } from "../../i18n";
import { Account, By } from "../../kit/links";
import { ChainText, Fact, Hashrate, Money, Work } from "../../kit/numbers";
import { isOnChain } from "../../kit/wallet_menu";
import { isBusy } from "../../wallet/activity";
import { claimAll } from "../../wallet/claim";
import { account } from "../../wallet/wallet";
import { NextPayment, OfToday } from "./today";
import { Worth } from "./worth";

export function HoldingPanel({ holding }: { holding: Holding }) {
  const { series, claimable, isWhole } = holding;
  const money = { decimals: series.rewardDecimals, symbol: series.rewardSymbol };
  const isDue = claimable > 0n || !isWhole;
  return (
    <div class="holding">
      <dl class="facts">
        <Fact name={t.value.mine.claimable}>
          <By formula="claimable">
            <strong>
              <Money base={claimable} {...money} testid="claimable" />
            </strong>
          </By>{" "}
          <Worth base={claimable} coin={series} />
        </Fact>
        <Fact name={t.value.mine.expected}>
          {"≈ "}
          <By formula="expected">
            <Money base={holding.expectedToday} {...money} testid="expected-today" />
          </By>{" "}
          <Worth base={holding.expectedToday} coin={series} />
        </Fact>
        <Fact name={t.value.mine.ths}>
          <By formula="today">
            <Work work={holding.workToday} held={holding.balance} testid="ths-today" />
          </By>
          <OfToday work={holding.workToday} held={holding.balance} />
        </Fact>
        <Fact name={t.value.mine.balance}>
          <By formula="balance">
            <Hashrate ths={holding.balance} testid="balance" />
          </By>
        </Fact>
        {holding.nextPaymentAt > 0n && (
          <Fact name={t.value.mine.next}>
            <By formula="next-payment">
              <NextPayment at={holding.nextPaymentAt} isReported={holding.isNextReported} />
            </By>
          </Fact>
        )}
      </dl>
      {!isWhole && <p class="hint">{t.value.mine.notWhole}</p>}
      {holding.receiver !== account.value && (
        <p class="hint">
          {t.value.mine.paidTo} <Account address={holding.receiver} />
        </p>
      )}
      <button
        type="button"
        class="claim"
        data-testid="claim-button"
        disabled={!isDue || isBusy.value || !isOnChain()}
        onClick={() => {
          if (session.value !== undefined && account.value !== undefined) {
            void claimAll(session.value, account.value, [series]);
          }
        }}
      >
        {t.value.mine.claim}
        <span class="visually-hidden">
          {" "}
          <ChainText text={series.name} />
        </span>
      </button>
    </div>
  );
}
