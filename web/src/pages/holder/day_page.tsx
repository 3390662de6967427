// SPDX-License-Identifier: AGPL-3.0-only
// One day of a series: its numbers worked out, its transactions, and who signed it.

import { useEffect } from "preact/hooks";
import type { Address } from "viem";
import { type LedgerDay, readLedgerDays } from "../../chain/days";
import type { Series } from "../../chain/series";
import { now } from "../../chain/session";
import {
  findOutput,
  findReport,
  findSettlement,
  type ReportedDay,
  type SignedTrace,
} from "../../chain/traces";
import { t } from "../../i18n";
import { oracleState, useSeries } from "../../kit/chain_data";
import { Account, By, TxLink } from "../../kit/links";
import { ChainText, Count, Difficulty, dayText, Fact, Sats, Time, Usd } from "../../kit/numbers";
import { href } from "../../kit/router";
import { Loading, Ready } from "../../kit/state_boxes";
import { useRead } from "../../kit/use_read";
import { DayStateMark } from "./day_parts";
import { DayWorking } from "./day_working";
import { ProofBadge } from "./proof_badge";
import { Signers } from "./signers";

interface DayPageProps {
  readonly address: Address;
  readonly day: bigint;
  /** The line that a link named. */
  readonly part: string | undefined;
}

export function DayPage({ address, day, part }: DayPageProps) {
  const read = useSeries(address);
  return (
    <Ready read={read} lines={8}>
      {({ series }) =>
        series === undefined ? (
          <h1 tabIndex={-1}>{t.value.series.notFound}</h1>
        ) : (
          <DayOfSeries series={series} day={day} part={part} />
        )
      }
    </Ready>
  );
}

interface DayOfSeriesProps {
  readonly series: Series;
  readonly day: bigint;
  readonly part: string | undefined;
}

function DayOfSeries({ series, day, part }: DayOfSeriesProps) {
  const read = useRead(
    (session) => readLedgerDays(session, series, day, day + 1n, BigInt(now.peek())),
    [series.address, day],
    true,
  );
  return (
    <>
      <p>
        <a href={href("series", series.address)}>
          ← <ChainText text={series.name} />
        </a>
      </p>
      <h1 tabIndex={-1}>{t.value.day.title(dayText(day, "long"))}</h1>
      <Ready read={read} lines={8}>
        {([ledger]) =>
          ledger === undefined ? (
            <p>{t.value.day.missing}</p>
          ) : (
            <>
              <p>
                <DayStateMark day={ledger} />
              </p>
              <DayWorking series={series} day={ledger} />
              <Report series={series} day={ledger} />
              <Output series={series} day={ledger} />
              {ledger.state === "settled" && <Settlement series={series} day={ledger} />}
              <GoTo part={part} />
            </>
          )
        }
      </Ready>
    </>
  );
}

/** Bring the part that a link named into view, once it is there. */
function GoTo({ part }: { part: string | undefined }) {
  useEffect(() => {
    const target = part === undefined ? null : document.getElementById(`part-${part}`);
    target?.scrollIntoView({ block: "center" });
    target?.focus();
  }, [part]);
  return null;
}

interface DayProps {
  readonly series: Series;
  readonly day: LedgerDay;
}

function Report({ day }: DayProps) {
  const read = useRead((session) => findReport(session, day.day), [day.day, day.finalAt]);
  return (
    <section class="panel" aria-labelledby="part-signers">
      <h2 id="part-signers" tabIndex={-1}>
        {t.value.day.report}
      </h2>
      {day.finalAt === 0n ? (
        <p>{t.value.day.noReport}</p>
      ) : (
        <>
          <ProofBadge day={day} />
          <Outcome day={day} />
          <Found read={read}>
            {(trace) => (
              <>
                <Facts trace={trace} />
                <Signers signers={trace.signers} threshold={oracleState.value?.threshold ?? 0n} />
              </>
            )}
          </Found>
        </>
      )}
    </section>
  );
}

/** What a report comes to. */
function Outcome({ day }: { day: LedgerDay }) {
  return (
    <dl class="facts">
      <Fact name={t.value.day.hashprice}>
        <By formula="hashprice">
          <Sats wad={day.hashpriceWad} digits={4} />
        </By>
      </Fact>
      <Fact name={t.value.day.btcUsd}>
        <By formula="price">
          <Usd value={day.btcUsdE8} decimals={8} />
        </By>
      </Fact>
      <Fact name={t.value.day.finalAt}>
        <By formula="final">
          <Time at={day.finalAt} />
        </By>
      </Fact>
    </dl>
  );
}

/** What a report says of Bitcoin, each number linked to the transaction that posted it. */
function Facts({ trace: { hash, args } }: { trace: SignedTrace<ReportedDay> }) {
  const sats = (value: bigint) => (
    <TxLink hash={hash}>
      <Count value={value} />
      <small> sat</small>
    </TxLink>
  );
  return (
    <dl class="facts after">
      <Fact name={t.value.day.blocks}>
        <TxLink hash={hash}>
          <Count value={args.last_height - args.first_height + 1n} />
        </TxLink>{" "}
        <small>
          ({args.first_height.toString()}–{args.last_height.toString()})
        </small>
      </Fact>
      <Fact name={t.value.day.subsidy}>{sats(args.subsidy_sats)}</Fact>
      <Fact name={t.value.day.txFees}>{sats(args.fees_sats)}</Fact>
      <Fact name={t.value.day.difficulty}>
        <By formula="difficulty">
          <Difficulty wad={args.difficulty_wad} />
        </By>
      </Fact>
      <Fact name={t.value.table.tx}>
        <TxLink hash={hash} />
      </Fact>
    </dl>
  );
}

function Output({ series, day }: DayProps) {
  const read = useRead(
    (session) => findOutput(session, series.address, day.day),
    [series.address, day.day, day.outputFinalAt],
  );
  if (day.outputFinalAt === 0n) {
    return (
      <section class="panel" aria-labelledby="output-title">
        <h2 id="output-title">{t.value.day.output}</h2>
        <p>{t.value.day.noOutput}</p>
      </section>
    );
  }
  return (
    <section class="panel" aria-labelledby="output-title">
      <h2 id="output-title">{t.value.day.output}</h2>
      <dl class="facts">
        <Fact name={t.value.day.credited}>
          <By formula="delivered-work">
            <Count value={day.creditedSats} />
            <small> sat</small>
          </By>
        </Fact>
        <Fact name={t.value.day.outputFinalAt}>
          <By formula="final">
            <Time at={day.outputFinalAt} />
          </By>
        </Fact>
      </dl>
      <Found read={read}>
        {(trace) => (
          <>
            <p class="after">
              {t.value.table.tx} <TxLink hash={trace.hash} />
            </p>
            <Signers signers={trace.signers} threshold={oracleState.value?.threshold ?? 0n} />
          </>
        )}
      </Found>
    </section>
  );
}

function Settlement({ series, day }: DayProps) {
  const read = useRead(
    (session) => findSettlement(session, series.address, day.day),
    [series.address, day.day],
  );
  return (
    <section class="panel" aria-labelledby="settlement-title">
      <h2 id="settlement-title">{t.value.day.settlement}</h2>
      <p>
        <Account address={series.address} />
      </p>
      <Found read={read}>
        {(trace) => (
          <p>
            {t.value.table.tx} <TxLink hash={trace.hash} />
          </p>
        )}
      </Found>
    </section>
  );
}

interface FoundProps<T> {
  readonly read: {
    readonly value: T | undefined;
    readonly error: unknown;
    readonly isDone: boolean;
  };
  readonly children: (value: NonNullable<T>) => preact.ComponentChildren;
}

/** Something that was searched for in the chain's events. */
function Found<T>({ read, children }: FoundProps<T>) {
  if (read.value !== undefined && read.value !== null) return <>{children(read.value)}</>;
  if (!read.isDone) return <Loading lines={2} />;
  return <p class="hint">{t.value.day.notFound}</p>;
}
