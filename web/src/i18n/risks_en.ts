// SPDX-License-Identifier: AGPL-3.0-only

export interface Risks {
  readonly title: string;
  /** Ten, the gravest first. */
  readonly sentences: readonly string[];
}

export const risksEn: Risks = {
  title: "Risks",
  sentences: [
    "These contracts are not audited: a fault in them can cost everything you hold here.",
    "A reward is the issuer's money: if the issuer stops paying, there is what lies in escrow and in the bond, and after that nothing that could be collected.",
    "The bond covers some days, not the rest of the series: each card says how many.",
    "What a day earned is what a quorum of reporters signs: enough of them together can lie, and only a veto within hours or a replacement undoes it.",
    "“Attested” means that a mining pool credited that hashrate to the fleet: it does not prove that the machines belong to the issuer or are promised to nobody else.",
    "The reward falls when difficulty rises, when fees fall and at every halving: nothing promises that you get back what you paid for the token.",
    "Power is paid from the reward at a fixed price: on a day on which it costs more than the hashrate earns, you get nothing.",
    "Rewards are paid in a token such as wrapped bitcoin: whoever keeps its bitcoin can fail or freeze it.",
    "A transfer, an approval or a lost key cannot be undone by anybody: there is no operator who could help.",
    "Forwards and other products built on this lock money in full before they pay: what is locked can be lost to the last unit, and this page shows only what your node says.",
  ],
};
