// SPDX-License-Identifier: AGPL-3.0-only
// What is the account's: positions with what they are worth and have brought, what its hashrate and
// forwards are together, what would become of them, and its open orders.

import type { Address } from "viem";
import { type Forward, tradesOfAccount } from "../../chain/forwards";
import { view } from "../../chain/reader";
import { readList } from "../../chain/registry";
import type { Session } from "../../chain/session";
import { tokenAbi } from "../../generated/abi";
import { ActButton } from "../../kit/act_button";
import { DataTable } from "../../kit/data_table";
import { isNarrow } from "../../kit/narrow";
import { dayText, Fact, Money } from "../../kit/numbers";
import { href } from "../../kit/router";
import { Empty } from "../../kit/state_boxes";
import { useRead } from "../../kit/use_read";
import { type Profit, profitOf } from "../../model/profit";
import { SAME, valueAt } from "../../model/scenario";
import { redeemForward } from "../../wallet/trade";
import { account } from "../../wallet/wallet";
import { type Quotes, useQuotes } from "./curve";
import { Orders } from "./orders";
import { byMoney, csvUrl, FIGURES, type Figures, figuresOf, type Position } from "./position";
import { Scenarios } from "./scenarios";
import { market, orDash, plain, windowText } from "./texts";

export function Portfolio({ forwards }: { forwards: readonly Forward[] }) {
  const texts = market.value.mine;
  const holder = account.value;
  if (holder === undefined)
    return (
      <>
        <h2>{texts.title}</h2>
        <Empty>{texts.connect}</Empty>
      </>
    );
  return <Mine holder={holder} forwards={forwards} />;
}

function Mine({ holder, forwards }: { holder: Address; forwards: readonly Forward[] }) {
  const texts = market.value.mine;
  const quotes = useQuotes(forwards).value;
  const trades = useRead((current) => tradesOfAccount(current, holder), [holder], true).value;
  const held = useRead((current) => heldThs(current, holder), [holder], true).value;
  const positions = forwards.flatMap((forward): Position[] => {
    const mark = markFor(forward, quotes);
    const own = (trades ?? []).filter(({ series }) => series === forward.id);
    if (forward.long + forward.short === 0n && own.length === 0) return [];
    const value = mark === undefined ? undefined : valueAt(forward, mark, SAME);
    const isKnown = trades !== undefined && value !== undefined;
    return [{ forward, mark, profit: isKnown ? profitOf(forward.band, own, value) : undefined }];
  });
  return (
    <>
      <h2>{texts.title}</h2>
      <section class="panel">
        <h3>{texts.positions}</h3>
        {positions.length === 0 ? (
          <p class="empty">{texts.none}</p>
        ) : (
          <Positions positions={positions} holder={holder} />
        )}
      </section>
      {positions.length > 0 && held !== undefined && <Exposure positions={positions} held={held} />}
      {positions.length > 0 && <Scenarios positions={positions} />}
      <Orders holder={holder} forwards={forwards} />
    </>
  );
}

/** What days to come are valued at: the mark, else the index; settled contracts need neither. */
function markFor({ id, index, outcome }: Forward, quotes: Quotes | undefined): bigint | undefined {
  return outcome !== undefined ? 0n : (quotes?.byId.get(id)?.mark ?? index);
}

/** [TH/s, 18 dec] that an account holds of all series together. */
async function heldThs(current: Session, holder: Address): Promise<bigint> {
  const listings = await readList(current);
  const answers = await current.reader.readSets(
    listings.map(({ token }) => ({ balance: view(token, tokenAbi, "balanceOf", [holder]) })),
  );
  return answers.reduce((sum, { balance }) => sum + (balance ?? 0n), 0n);
}

function Positions({ positions, holder }: { positions: readonly Position[]; holder: Address }) {
  const texts = market.value.mine;
  return (
    <div class="positions">
      {byMoney(positions).map((group) =>
        isNarrow.value ? (
          <Cards key={group[0]?.forward.token} group={group} holder={holder} />
        ) : (
          <DataTable
            key={group[0]?.forward.token}
            label={texts.positions}
            heads={[
              ...[market.value.window, texts.long, texts.short, texts.entry, market.value.mark],
              ...[...FIGURES.map((name) => texts[name]), texts.releases],
            ]}
          >
            <Group group={group} holder={holder} />
          </DataTable>
        ),
      )}
      <p class="hint">{texts.valueHint}</p>
      <a class="open" download="positions.csv" href={csvUrl(positions)} data-testid="positions-csv">
        {texts.csv}
      </a>
    </div>
  );
}

/** Figures of some positions in one money, added up; `undefined` where one is not known. */
function sumOf(group: readonly Position[]): Figures {
  const figures = group.map(figuresOf);
  const sum = (name: keyof Figures) =>
    figures.reduce<bigint | undefined>((total, each) => {
      const value = each[name];
      return total === undefined || value === undefined ? undefined : total + value;
    }, 0n);
  return Object.fromEntries(FIGURES.map((name) => [name, sum(name)])) as unknown as Figures;
}

/** On a phone: a card for each position, and one for all. */
function Cards({ group, holder }: { group: readonly Position[]; holder: Address }) {
  const texts = market.value.mine;
  const [first] = group;
  if (first === undefined) return null;
  return (
    <>
      {group.map((position) => (
        <Card key={position.forward.id} {...{ position, holder }} />
      ))}
      <div class="holding" data-testid="sum">
        <h4>{texts.perToken(first.forward.symbol)}</h4>
        <dl class="facts">
          <FigureFacts forward={first.forward} figures={sumOf(group)} prefix="sum-" />
        </dl>
      </div>
    </>
  );
}

function Card({ position, holder }: { position: Position; holder: Address }) {
  const texts = market.value.mine;
  const { forward, mark, profit } = position;
  return (
    <div
      class="holding"
      data-testid="position"
      data-long={`${forward.long}`}
      data-short={`${forward.short}`}
    >
      <h4>
        <Named {...{ forward, holder }} />
      </h4>
      <dl class="facts">
        <Fact name={texts.long}>{plain(forward.long)}</Fact>
        <Fact name={texts.short}>{plain(forward.short)}</Fact>
        <Fact name={texts.entry}>{entryText(profit)}</Fact>
        <Fact name={market.value.mark}>{orDash(mark)}</Fact>
        <FigureFacts forward={forward} figures={figuresOf(position)} prefix="" />
        <Fact name={texts.releases}>{dayText(forward.band.end_day)}</Fact>
      </dl>
    </div>
  );
}

interface FigureFactsProps {
  readonly forward: Forward;
  readonly figures: Figures;
  readonly prefix: string;
}

function FigureFacts({ forward, figures, prefix }: FigureFactsProps) {
  return (
    <>
      {FIGURES.map((name) => (
        <Fact key={name} name={market.value.mine[name]}>
          <Base forward={forward} base={figures[name]} testid={`${prefix}${name}`} />
        </Fact>
      ))}
    </>
  );
}

function entryText(profit: Profit | undefined): string {
  return profit?.entryE3 === undefined ? "–" : plain(profit.entryE3, 3);
}

function Group({ group, holder }: { group: readonly Position[]; holder: Address }) {
  const [first] = group;
  if (first === undefined) return null;
  const sums = sumOf(group);
  return (
    <>
      {group.map((position) => (
        <Row key={position.forward.id} {...{ position, holder }} />
      ))}
      <tr class="sum" data-testid="sum">
        <th scope="row">{market.value.mine.perToken(first.forward.symbol)}</th>
        <td colSpan={4} />
        {FIGURES.map((name) => (
          <td key={name}>
            <Base forward={first.forward} base={sums[name]} testid={`sum-${name}`} />
          </td>
        ))}
        <td />
      </tr>
    </>
  );
}

/** The window of a position, and how it is fetched once it is over. */
function Named({ forward, holder }: { forward: Forward; holder: Address }) {
  const isHeld = forward.long + forward.short > 0n;
  return (
    <>
      <a href={href("market", forward.id)}>{windowText(forward)}</a>
      {forward.outcome !== undefined && isHeld && (
        <ActButton class="quiet" work={(current) => redeemForward(current, holder, forward)}>
          {market.value.mine.redeem}
        </ActButton>
      )}
    </>
  );
}

function Row({ position, holder }: { position: Position; holder: Address }) {
  const { forward, mark, profit } = position;
  const figures = figuresOf(position);
  return (
    <tr data-testid="position" data-long={`${forward.long}`} data-short={`${forward.short}`}>
      <th scope="row">
        <Named {...{ forward, holder }} />
      </th>
      <td>{plain(forward.long)}</td>
      <td>{plain(forward.short)}</td>
      <td>{entryText(profit)}</td>
      <td>{forward.outcome === undefined ? orDash(mark) : "–"}</td>
      {FIGURES.map((name) => (
        <td key={name}>
          <Base forward={forward} base={figures[name]} testid={name} />
        </td>
      ))}
      <td>{dayText(forward.band.end_day)}</td>
    </tr>
  );
}

interface BaseProps {
  readonly forward: Forward;
  readonly base: bigint | undefined;
  readonly testid: string;
}

function Base({ forward: { decimals }, base, testid }: BaseProps) {
  return base === undefined ? <>–</> : <Money {...{ base, decimals, testid }} />;
}

/** Tokens and forwards together, window by window. */
function Exposure({ positions, held }: { positions: readonly Position[]; held: bigint }) {
  const texts = market.value.mine;
  const open = positions.filter(
    ({ forward: { outcome, metric } }) => outcome === undefined && metric !== 3n,
  );
  if (open.length === 0) return null;
  return (
    <section class="panel" data-testid="exposure">
      <h3>{texts.exposure}</h3>
      <DataTable
        label={texts.exposure}
        heads={[market.value.window, texts.held, texts.long, texts.short, texts.net]}
      >
        {open.map(({ forward }) => (
          <tr key={forward.id}>
            <th scope="row">{windowText(forward)}</th>
            <td>{plain(held, PHS_DECIMALS)}</td>
            <td>{plain(forward.long)}</td>
            <td>{plain(forward.short)}</td>
            <td data-testid="net-phs">
              {plain(held + (forward.long - forward.short) * PHS, PHS_DECIMALS)}
            </td>
          </tr>
        ))}
      </DataTable>
      <p class="hint">{texts.exposureHint}</p>
    </section>
  );
}

const PHS_DECIMALS = 21;
const PHS = 10n ** 21n;
