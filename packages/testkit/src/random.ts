/** A seeded source of random integers for tests: two multiplicative generators combined (L'Ecuyer 1988), no clock. */

const MODULUS_A = 2147483563;
const MODULUS_B = 2147483399;
const FACTOR_A = 40014;
const FACTOR_B = 40692;

export class Random {
  private a: number;
  private b: number;

  constructor(seed: number) {
    this.a = (Math.abs(Math.trunc(seed)) % (MODULUS_A - 1)) + 1;
    this.b = ((this.a * 7919) % (MODULUS_B - 1)) + 1;
    for (let i = 0; i < 8; i++) this.next();
  }

  /** 0 or greater and below 2147483562. */
  private next(): number {
    this.a = (this.a * FACTOR_A) % MODULUS_A;
    this.b = (this.b * FACTOR_B) % MODULUS_B;
    return (this.a - this.b + MODULUS_A - 1) % (MODULUS_A - 1);
  }

  /** An integer of `[0, end)`. */
  below(end: number): number {
    return Math.floor((this.next() / (MODULUS_A - 1)) * end);
  }

  /** An integer of `[least, most]`. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** True in `share` of 1000 cases. */
  perMille(share: number): boolean {
    return this.below(1000) < share;
  }

  /** An integer of `[least, most]`, each power of two of them as likely as any other. */
  logUniform(least: number, most: number): number {
    const span = Math.log2(most + 1) - Math.log2(least);
    const x = Math.floor(2 ** (Math.log2(least) + (this.next() / (MODULUS_A - 1)) * span));
    return Math.min(Math.max(x, least), most);
  }

  /** One of `values`. */
  pick<T>(values: readonly [T, ...T[]]): T {
    return values[this.below(values.length)] ?? values[0];
  }
}
