// SPDX-License-Identifier: AGPL-3.0-only
// Exact fractions, for what is divided more than once before it is shown.

/** A fraction; its denominator is above zero. */
export class Fraction {
  readonly over: bigint;
  readonly under: bigint;

  constructor(over: bigint, under = 1n) {
    if (under === 0n) throw new RangeError("a fraction of zero");
    const sign = under < 0n ? -1n : 1n;
    const common = gcd(over < 0n ? -over : over, under * sign);
    this.over = (over * sign) / common;
    this.under = (under * sign) / common;
  }

  plus(other: Fraction): Fraction {
    return new Fraction(
      this.over * other.under + other.over * this.under,
      this.under * other.under,
    );
  }

  minus(other: Fraction): Fraction {
    return this.plus(new Fraction(-other.over, other.under));
  }

  times(other: Fraction): Fraction {
    return new Fraction(this.over * other.over, this.under * other.under);
  }

  by(other: Fraction): Fraction {
    return new Fraction(this.over * other.under, this.under * other.over);
  }

  isBelow(other: Fraction): boolean {
    return this.over * other.under < other.over * this.under;
  }

  /** The greatest integer that is not above it. */
  floor(): bigint {
    return floorDiv(this.over, this.under);
  }
}

export const ZERO = new Fraction(0n);
export const ONE = new Fraction(1n);

export function whole(value: bigint): Fraction {
  return new Fraction(value);
}

export function sumOf(values: readonly Fraction[]): Fraction {
  return values.reduce((sum, each) => sum.plus(each), ZERO);
}

/** A quotient rounded down, also below zero. */
export function floorDiv(over: bigint, under: bigint): bigint {
  const quotient = over / under;
  return over % under !== 0n && over < 0n !== under < 0n ? quotient - 1n : quotient;
}

function gcd(a: bigint, b: bigint): bigint {
  let [one, other] = [a, b];
  while (other !== 0n) [one, other] = [other, one % other];
  return one === 0n ? 1n : one;
}
