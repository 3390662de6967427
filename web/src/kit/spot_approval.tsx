// SPDX-License-Identifier: AGPL-3.0-only
import { erc20Abi } from "viem";
import { view } from "../chain/reader";
import { formatExact } from "../model/units";
import { language } from "../settings/choices";
import { account } from "../wallet/wallet";
import { chainLabel } from "./numbers";
import { spot } from "./spot_texts";
import type { Asset } from "./spot_trade";
import { useRead } from "./use_read";

interface ApprovalProps {
  readonly asset: Asset;
  /** [base units] that the market has to be allowed to take, for this and the open orders */
  readonly needed: bigint;
  /** A permit is signed in place of an approval, where the token has permits. */
  readonly isSignature: boolean;
}

/** What the market may take already, and what is approved before anything else happens. */
export function Approval({ asset, needed, isSignature }: ApprovalProps) {
  const { address, decimals, symbol } = asset;
  const owner = account.value;
  const read = useRead(
    async ({ reader, deployment: { spot: place } }) => {
      if (owner === undefined || place === undefined) return undefined;
      const allowance = view(address, erc20Abi, "allowance", [owner, place.market]);
      return (await reader.read({ allowance })).allowance;
    },
    [address, owner],
    true,
  );
  const texts = spot.value;
  if (read.value === undefined) return null;
  const text = (amount: bigint) =>
    `${formatExact(amount, decimals, language.value)} ${chainLabel(symbol)}`;
  const approve = isSignature ? texts.approvesBySignature : texts.approves;
  return (
    <p class="hint" data-testid="spot-approval">
      {texts.allowed(text(read.value))}{" "}
      {read.value >= needed ? texts.allowedEnough : approve(text(needed))}
    </p>
  );
}
