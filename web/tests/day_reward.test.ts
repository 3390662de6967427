// SPDX-License-Identifier: AGPL-3.0-only
import { expect, test } from "vitest";
import { dayReward } from "../src/model/day_reward";
import vectors from "./day_reward_vectors.json";

test.each(vectors)("dayReward__vector_of_the_reference_model__returns_its_answer %#", (vector) => {
  const day = dayReward(
    {
      pool_fee_bps: BigInt(vector.pool_fee_bps),
      guaranteed_uptime_bps: BigInt(vector.guaranteed_uptime_bps),
      efficiency_mj_per_th: BigInt(vector.efficiency_mj_per_th),
      power_price_usd_e6: BigInt(vector.power_price_usd_e6),
      service_fee_wad: BigInt(vector.service_fee_wad),
    },
    {
      hashprice_wad: BigInt(vector.hashprice_wad),
      btc_usd_e8: BigInt(vector.btc_usd_e8),
      credited_sats: BigInt(vector.credited_sats ?? 0),
      delivered_ths: BigInt(vector.delivered_ths ?? 0),
    },
    BigInt(vector.held_work),
    10n ** BigInt(vector.decimals - 8),
    vector.credited_sats === null,
  );

  expect(day.paidWork).toBe(BigInt(vector.paid_work));
  expect(day.gross).toBe(BigInt(vector.gross));
  expect(day.power + day.service).toBe(BigInt(vector.fee));
  expect(day.reward).toBe(BigInt(vector.reward));
});
