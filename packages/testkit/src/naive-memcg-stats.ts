/**
 * The naive account of memcg statistics: what was ever added, by plain arithmetic, without CPUs, batches or flushes.
 */

interface Account {
  readonly parent: number;
  /** By value, of the memcg alone. */
  readonly own: Float64Array;
  /** By value, of the memcg and of all that were ever below it. */
  readonly below: Float64Array;
}

export class NaiveMemcgStats {
  private readonly accounts = new Map<number, Account>();
  private readonly nrValues: number;

  constructor(nrValues: number) {
    this.nrValues = nrValues;
  }

  open(memcg: number, parent: number): void {
    const zeroes = () => new Float64Array(this.nrValues);
    this.accounts.set(memcg, { parent, own: zeroes(), below: zeroes() });
  }

  close(memcg: number): void {
    this.accounts.delete(memcg);
  }

  add(memcg: number, value: number, delta: number): void {
    const account = this.account(memcg);
    account.own[value] = (account.own[value] ?? 0) + delta;
    for (let up: Account | undefined = account; up !== undefined; up = this.accounts.get(up.parent)) {
      up.below[value] = (up.below[value] ?? 0) + delta;
    }
  }

  own(memcg: number, value: number): number {
    return this.account(memcg).own[value] ?? 0;
  }

  below(memcg: number, value: number): number {
    return this.account(memcg).below[value] ?? 0;
  }

  parent(memcg: number): number {
    return this.account(memcg).parent;
  }

  get memcgs(): readonly number[] {
    return [...this.accounts.keys()];
  }

  /** The memcg and those now open below it. */
  subtree(memcg: number): readonly number[] {
    return this.memcgs.filter((one) => {
      for (let up: number | undefined = one; up !== undefined; up = this.accounts.get(up)?.parent) {
        if (up === memcg) return true;
      }
      return false;
    });
  }

  private account(memcg: number): Account {
    const account = this.accounts.get(memcg);
    if (account === undefined) throw new Error(`memcg ${memcg} is not open`);
    return account;
  }
}
