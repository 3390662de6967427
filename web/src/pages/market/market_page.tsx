// SPDX-License-Identifier: AGPL-3.0-only
// The terminal: the curve of all contracts, one contract, what is the account's, or a fleet's hedge.

import type { Forward } from "../../chain/forwards";
import { relayStates } from "../../chain/relay";
import { session } from "../../chain/session";
import { href } from "../../kit/router";
import { Empty, Ready } from "../../kit/state_boxes";
import { account } from "../../wallet/wallet";
import { Contract } from "./contract_view";
import { Curve } from "./curve";
import { useForwards } from "./feed";
import "./market.css";
import { Miner } from "./miner";
import { Portfolio } from "./portfolio";
import { market, plain } from "./texts";

export function MarketPage({ id }: { id: string | undefined }) {
  const texts = market.value;
  const read = useForwards(account.value);
  const views = [
    { name: undefined, text: texts.views.curve },
    { name: "mine", text: texts.views.mine },
    { name: "miner", text: texts.views.miner },
  ];
  return (
    <>
      <h1 tabIndex={-1}>{texts.title}</h1>
      {id === undefined && <p class="hint">{texts.hint}</p>}
      <nav class="views" aria-label={texts.views.label}>
        {views.map(({ name, text }) => (
          <a
            key={name}
            href={name === undefined ? href("market") : href("market", name)}
            aria-current={id === name ? "page" : undefined}
          >
            {text}
          </a>
        ))}
      </nav>
      <Relays />
      <Ready read={read} lines={8}>
        {(forwards) => <View id={id} forwards={forwards} />}
      </Ready>
    </>
  );
}

function View({ id, forwards }: { id: string | undefined; forwards: readonly Forward[] }) {
  if (id === undefined) return <Curve forwards={forwards} />;
  if (id === "mine") return <Portfolio forwards={forwards} />;
  if (id === "miner") return <Miner forwards={forwards} />;
  const forward = forwards.find((each) => `${each.id}` === id);
  if (forward === undefined) return <Empty>{market.value.unknown}</Empty>;
  return <Contract forward={forward} forwards={forwards} />;
}

/** What keeps prices from being there, or new. */
function Relays() {
  const texts = market.value;
  const relays = session.value?.deployment.forwards?.relays ?? [];
  const states = relays.map((relay) => relayStates.value.get(relay));
  const down = states.filter((state) => state === "down").length;
  if (down > 0 && down === relays.length)
    return (
      <p class="banner warning" role="status" data-testid="relay-down">
        {texts.relayDown}
      </p>
    );
  if (down > 0)
    return (
      <p class="banner warning" role="status" data-testid="relay-partly">
        {texts.relayPartly(plain(BigInt(down)), plain(BigInt(relays.length)))}
      </p>
    );
  if (!states.includes("resting")) return null;
  return (
    <p class="banner warning" role="status" data-testid="relay-resting">
      {texts.relayResting}
    </p>
  );
}
