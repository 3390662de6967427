// SPDX-License-Identifier: AGPL-3.0-only
// A transaction, for chains without an explorer.

import { type Abi, decodeEventLog, decodeFunctionData, type Hash, type Hex } from "viem";
import { type Session, session } from "../../chain/session";
import { distributorAbi, oracleAbi, registryAbi, tokenAbi } from "../../generated/abi";
import { t } from "../../i18n";
import { Account } from "../../kit/links";
import { ChainText, Count, Fact, Time } from "../../kit/numbers";
import { Loading } from "../../kit/state_boxes";
import { useRead } from "../../kit/use_read";

const ABIS: readonly Abi[] = [distributorAbi, tokenAbi, oracleAbi, registryAbi];

async function readTransaction({ client }: Session, hash: Hash) {
  const transaction = await client.getTransaction({ hash });
  const receipt = await client.getTransactionReceipt({ hash });
  const block = await client.getBlock({ blockNumber: receipt.blockNumber });
  return { transaction, receipt, at: block.timestamp };
}

export function TxPage({ hash }: { hash: Hash }) {
  const read = useRead((current) => readTransaction(current, hash), [hash]);
  const found = read.value;
  return (
    <>
      <h1 tabIndex={-1}>{t.value.tx.title}</h1>
      <p>
        <code>{hash}</code>
      </p>
      {!read.isDone && <Loading />}
      {read.isDone && found === undefined && <p>{t.value.tx.missing}</p>}
      {found !== undefined && (
        <section class="panel">
          <dl class="facts wide">
            <Fact name={t.value.tx.status}>
              {found.receipt.status === "success" ? t.value.tx.ok : t.value.tx.reverted}
            </Fact>
            <Fact name={t.value.tx.block}>
              <Count value={found.receipt.blockNumber} />
            </Fact>
            <Fact name={t.value.tx.time}>
              <Time at={found.at} />
            </Fact>
            <Fact name={t.value.tx.from}>
              <Account address={found.receipt.from} />
            </Fact>
            {found.receipt.to !== null && (
              <Fact name={t.value.tx.to}>
                <Account address={found.receipt.to} />
              </Fact>
            )}
          </dl>
          <h2 class="after">{t.value.tx.call}</h2>
          <Values values={callOf(found.transaction.input)} />
          <h2>{t.value.tx.events}</h2>
          <ul>
            {found.receipt.logs.map((log) => (
              <li key={log.logIndex}>
                <Account address={log.address} />
                <Values values={eventOf(log.data, log.topics)} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {session.value === undefined && <Loading />}
    </>
  );
}

interface Named {
  readonly name: string;
  readonly text: string;
}

function Values({ values: { name, text } }: { values: Named }) {
  return (
    <p>
      <code>{name}</code> <ChainTextLong text={text} />
    </p>
  );
}

/** Bounded: a stranger's transaction may hold anything. */
function ChainTextLong({ text }: { text: string }) {
  return text.length <= 80 ? (
    <ChainText text={text} />
  ) : (
    <pre class="raw">{text.slice(0, 4_000)}</pre>
  );
}

function callOf(input: Hex): Named {
  for (const abi of ABIS) {
    try {
      const { functionName, args } = decodeFunctionData({ abi, data: input });
      return { name: functionName, text: json(args ?? []) };
    } catch {
      // not a call of this contract
    }
  }
  return { name: input.slice(0, 10), text: "" };
}

function eventOf(data: Hex, topics: readonly Hex[]): Named {
  for (const abi of ABIS) {
    try {
      const decoded = decodeEventLog({ abi, data, topics: topics as [Hex, ...Hex[]] });
      return { name: decoded.eventName ?? "", text: json(decoded.args ?? []) };
    } catch {
      // not an event of this contract
    }
  }
  return { name: topics[0]?.slice(0, 10) ?? "", text: "" };
}

function json(value: unknown): string {
  return JSON.stringify(
    value,
    (_, each) => (typeof each === "bigint" ? each.toString() : each),
    1,
  ).replace(/\s+/g, " ");
}
