// SPDX-License-Identifier: AGPL-3.0-only
import type { TermId } from "./terms_en";

export const termsZhHant: Readonly<Record<TermId, string>> = {
  round: "發行人的一次發售：價格、剩餘數量，以及分多少天付款。",
  yield:
    "最近 7 個已結算日 1 TH/s 每天扣除全部成本後的平均收益，乘以 365，占價格的比例。這不是承諾。",
  payback: "若您的假設成立，賺回價格所需的時間。",
  delivered: "已結算，且這一天與之前各日都沒有積欠。",
  ask: "賣價是持有人出售 1 枚代幣想要的金額；最低的為最佳。",
  bid: "買價是有人願意為 1 枚代幣支付的金額；最高的為最佳。",
  order: "由掛單人簽名的掛單：在到期或取消之前，任何人都可以成交。",
  term: "計算的日子，以 UTC 為準：一天在 UTC 00:00 結束（台灣時間上午 8 點）。",
  state: "進行中：尚未決定。已達面額：1 TH/s 已賺得面額。未達面額：期間已結束而未賺得。",
  face: "1 TH/s 的 SENIOR 最多得到的金額。",
  senior: "優先支付的部分。",
  junior: "得到 SENIOR 之後的一切，以及代幣本身。",
  remaining: "依已結算日，SENIOR 尚未得到的部分；隨各日支付而減少。",
  shortfall: "未達面額的票據，1 TH/s 還差面額多少。",
  pool: "未達面額的票據，SENIOR 可分配的部分：已支付的款項，以及無人支付的代幣。",
  basket: "每份永遠代表的各系列整數 TH/s。",
  share: "基金的一枚代幣。",
};
