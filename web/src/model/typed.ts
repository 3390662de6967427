// SPDX-License-Identifier: AGPL-3.0-only
import { parseUnits } from "viem";
import { type HashUnit, hashDecimals } from "./units";

/** Digits, or digits in groups of three; a point; a unit. What the page prints is of this form. */
const AMOUNT = /^(\d{1,20}|\d{1,3}(?:,\d{3}){1,6})(?:\.(\d+))?\s*(?:([TPE]H)(?:\/s)?)?$/i;

const DECIMAL = /^(\d{1,20}|\d{1,3}(?:,\d{3}){1,6})(?:\.(\d+))?$/;

/** A number as typed, exact, as an integer of some decimals; else `undefined`. */
export function decimalOf(text: string, decimals: number): bigint | undefined {
  const [found, whole = "", fraction = ""] = DECIMAL.exec(text.trim()) ?? [];
  if (found === undefined || fraction.length > decimals) return undefined;
  return parseUnits(`${whole.replaceAll(",", "")}.${fraction || "0"}`, decimals);
}

/** An amount of hashrate [TH/s, 18 dec] as typed, exact, in TH/s if no unit is; else `undefined`. */
export function hashrateOf(text: string): bigint | undefined {
  const [found, whole = "", fraction = "", unit = "TH"] = AMOUNT.exec(text.trim()) ?? [];
  const decimals = hashDecimals(unit.toUpperCase() as HashUnit);
  if (found === undefined || fraction.length > decimals) return undefined;
  return parseUnits(`${whole.replaceAll(",", "")}.${fraction || "0"}`, decimals);
}
