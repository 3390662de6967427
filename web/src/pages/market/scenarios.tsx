// SPDX-License-Identifier: AGPL-3.0-only
// What would become of the positions if the days to come were otherwise.

import { type Signal, useSignal } from "@preact/signals";
import { DataTable } from "../../kit/data_table";
import { ONE } from "../../model/fraction";
import { percentMore, SAME, type Scenario } from "../../model/scenario";
import { byMoney, type Position, worthOf } from "./position";
import { market, moneyText, signed, windowText } from "./texts";

/** Changes in percent. */
interface Changes {
  readonly difficulty: number;
  readonly bitcoin: number;
  readonly revenue: number;
}

const NONE: Changes = { difficulty: 0, bitcoin: 0, revenue: 0 };
const STORIES = {
  same: NONE,
  rise: { ...NONE, difficulty: 20 },
  crash: { ...NONE, bitcoin: -50 },
  halving: { ...NONE, revenue: -50 },
} as const;
const MOST = { difficulty: 150, bitcoin: 200, revenue: 100 } as const;
const LEAST = { difficulty: -60, bitcoin: -90, revenue: -80 } as const;
const SLIDERS = ["difficulty", "bitcoin", "revenue"] as const;

export function Scenarios({ positions }: { positions: readonly Position[] }) {
  const texts = market.value.mine;
  const changes = useSignal<Changes>(NONE);
  const more = (percent: number) => (percent === 0 ? ONE : percentMore(BigInt(percent)));
  const { difficulty, bitcoin, revenue } = changes.value;
  const scenario = {
    ...{ difficulty: more(difficulty), bitcoin: more(bitcoin), revenue: more(revenue) },
  };
  return (
    <section class="panel" data-testid="scenarios">
      <h3>{texts.scenarios}</h3>
      <p class="hint">{texts.scenariosHint}</p>
      <p class="actions">
        {(Object.keys(STORIES) as (keyof typeof STORIES)[]).map((name) => (
          <button
            key={name}
            type="button"
            class="secondary outline"
            onClick={() => {
              changes.value = STORIES[name];
            }}
          >
            {texts.stories[name]}
          </button>
        ))}
      </p>
      {SLIDERS.map((name) => (
        <Slider key={name} name={name} changes={changes} />
      ))}
      <Outcomes positions={positions} scenario={scenario} />
    </section>
  );
}

function Slider({ name, changes }: { name: keyof Changes; changes: Signal<Changes> }) {
  const value = changes.value[name];
  return (
    <label class="slider">
      <span>
        {market.value.mine[name]}: <output>{signed(BigInt(value))} %</output>
      </span>
      <input
        type="range"
        min={LEAST[name]}
        max={MOST[name]}
        value={value}
        data-testid={`slider-${name}`}
        onInput={(event) => {
          changes.value = { ...changes.value, [name]: event.currentTarget.valueAsNumber };
        }}
      />
    </label>
  );
}

/** At the index, since a scenario is of the world and not of the book. */
function atIndex(position: Position): Position {
  return { ...position, mark: position.forward.index ?? position.mark };
}

interface OutcomesProps {
  readonly positions: readonly Position[];
  readonly scenario: Scenario;
}

function Outcomes({ positions, scenario }: OutcomesProps) {
  const texts = market.value.mine;
  const held = positions.filter(({ forward: { long, short } }) => long + short > 0n).map(atIndex);
  const sum = (group: readonly Position[], at: Scenario) =>
    group.reduce((total, position) => total + (worthOf(position, at) ?? 0n), 0n);
  return (
    <DataTable
      label={texts.scenarios}
      heads={[market.value.window, texts.value, texts.after, texts.change]}
    >
      {byMoney(held).map((group) => (
        <>
          {group.map((position) => (
            <Row
              key={position.forward.id}
              name={windowText(position.forward)}
              position={position}
              now={sum([position], SAME)}
              then={sum([position], scenario)}
            />
          ))}
          {group[0] !== undefined && (
            <Row
              key={group[0].forward.token}
              name={texts.perToken(group[0].forward.symbol)}
              position={group[0]}
              now={sum(group, SAME)}
              then={sum(group, scenario)}
              testid="scenario-sum"
            />
          )}
        </>
      ))}
    </DataTable>
  );
}

interface RowProps {
  readonly name: string;
  readonly position: Position;
  readonly now: bigint;
  readonly then: bigint;
  readonly testid?: string;
}

function Row({ name, position: { forward }, now, then, testid = "scenario" }: RowProps) {
  const change = then - now;
  return (
    <tr data-testid={testid} data-base-units={`${change}`}>
      <th scope="row">{name}</th>
      <td>{moneyText(forward, now)}</td>
      <td>{moneyText(forward, then)}</td>
      <td>{signed(change, forward.decimals)}</td>
    </tr>
  );
}
