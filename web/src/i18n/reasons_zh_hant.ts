// SPDX-License-Identifier: AGPL-3.0-only
// docs/errors.md 中持有人會遇到的原因。未列者顯示英文原文。
import type { Reason } from "../generated/reasons";

export const reasonsZhHant: Partial<Record<Reason, { cause: string; remedy: string }>> = {
  "dist: nothing to claim": {
    cause: "可領取的金額不足一個最小單位",
    remedy: "等待下一個結算或補付的日子",
  },
  "dist: contract claims itself": {
    cause: "這個帳戶是合約，既未開放他人代領，也未選定收款地址",
    remedy: "由該合約呼叫 claim、set_open_claims 或 set_payout_address",
  },
  "dist: receiver cannot be paid": {
    cause: "收款地址是零地址、算力代幣或分配合約",
    remedy: "選擇其他地址",
  },
  "dist: transfer out failed": {
    cause: "收益代幣回覆失敗",
    remedy: "等它恢復支付後再試，什麼都不會遺失",
  },
  "dist: day not over": { cause: "下一個待結算的日子尚未結束", remedy: "等到 UTC 午夜" },
  "dist: day not final": {
    cause: "當日報告缺少或仍在異議期",
    remedy: "等到定案時間；沉默滿 180 天後可宣告沉默",
  },
  "dist: output not final": {
    cause: "當日產出報告缺少或仍在異議期，而期限未過",
    remedy: "請等待；過了期限，當日視為全數交付",
  },
  "dist: awaiting funds": {
    cause: "託管款不足以支付當日，而寬限期未過",
    remedy: "等待發行人撥款或寬限期結束",
  },
  "dist: series ended": { cause: "這個系列的每一天都已結算", remedy: "沒有剩下要結算的日子" },
  "dist: series closed": { cause: "這個系列已關閉", remedy: "只能領取" },
  "token: zero receiver": { cause: "收款人是零地址", remedy: "若要放棄算力請用 burn" },
  "token: receiver cannot hold": {
    cause: "收款人是代幣本身或其分配合約",
    remedy: "請轉給能領取收益的帳戶",
  },
  "token: balance too low": { cause: "轉給自己的數量超過餘額", remedy: "減少數量" },
  "meter: balance too low": { cause: "轉移或銷毀的數量超過餘額", remedy: "減少數量" },
  "meter: balance too wide": { cause: "餘額將達 2^96", remedy: "無：發行量早已受限" },
  "meter: time too wide": { cause: "時鐘已過 2106 年", remedy: "無：時間只有 32 位元" },
  "erc20: insufficient allowance": {
    cause: "花用者的額度不足",
    remedy: "先 approve 或 permit",
  },
  "erc20: approve to the zero address": { cause: "花用者是零地址", remedy: "指定一個帳戶" },
  "erc20: expired deadline": { cause: "授權簽名已過期", remedy: "重新簽署" },
  "erc20: invalid signature": {
    cause: "授權由他人簽署、內容不符或已被使用",
    remedy: "以目前的 nonce 重新簽署",
  },
  "ecdsa: invalid signature": { cause: "簽名還原不出任何帳戶", remedy: "請重新簽署" },
};
