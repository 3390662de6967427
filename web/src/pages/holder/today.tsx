// SPDX-License-Identifier: AGPL-3.0-only
// Today, and what comes next of it.

import { now } from "../../chain/session";
import { t } from "../../i18n";
import { DAY_SECONDS, dateFormat, formatExact, min } from "../../model/units";
import { language } from "../../settings/choices";

interface OfTodayProps {
  /** [TH·s, 18 dec] of today */
  readonly work: bigint;
  /** [TH/s, 18 dec] held now */
  readonly held: bigint;
}

/** Which part of today counts, of what is held now. */
export function OfToday({ work, held }: OfTodayProps) {
  if (held === 0n) return null;
  const bps = min((work * 10_000n) / (held * DAY_SECONDS), 10_000n);
  return (
    <small data-testid="of-today" data-bps={bps.toString()}>
      {" · "}
      {t.value.mine.ofToday(formatExact(bps, 2, language.value, { least: 0, most: 0 }))}
    </small>
  );
}

interface NextPaymentProps {
  /** [unix s] */
  readonly at: bigint;
  readonly isReported: boolean;
}

/** A time to come on the holder's clock, or what is waited for when it has come. */
export function NextPayment({ at, isReported }: NextPaymentProps) {
  if (at <= BigInt(now.value)) {
    const text = isReported ? t.value.hero.nextDue : t.value.hero.nextLate;
    return <span data-testid="next-payment">{text}</span>;
  }
  const date = new Date(Number(at) * 1000);
  const format = dateFormat(language.value, {
    month: "short",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
    hourCycle: "h23",
  });
  return (
    <time dateTime={date.toISOString()} data-testid="next-payment">
      {t.value.hero.nextAbout(format.format(date))}
    </time>
  );
}
