/**
 * Every order in which concurrent actors can take their steps. States that several orders lead to are visited once;
 * the number of complete orders is counted over the graph of states, without walking each.
 *
 *   state --step--> state --step--> ... --> no step is enabled: one complete order
 *
 * States are visited by their distance from the first one, so the story of the first violation found is a shortest one.
 */

export interface Scenario<State> {
  readonly initial: State;
  /** Equal keys mean that nothing later can tell the two states apart. */
  key(state: State): string;
  /** The actors that can take a step now, in an order of their own. */
  enabled(state: State): readonly number[];
  /** The state after that actor's step; `state` stays as it is. */
  after(state: State, actor: number): State;
  /** The rules the state breaks, with their figures; none when it is sound. */
  brokenRules(state: State): readonly string[];
}

interface Violation {
  readonly rules: readonly string[];
  /** Whose steps lead there. */
  readonly actors: readonly number[];
}

export interface Exploration {
  readonly nrStates: number;
  readonly nrTransitions: number;
  /** Complete orders; undefined when the search stopped at a violation. */
  readonly nrOrders: bigint | undefined;
  readonly violation: Violation | undefined;
}

interface ExploreLimits {
  readonly maxStates: number;
  /** Called for each new state. */
  readonly onProgress: (nrStates: number) => void;
}

/** Visits all states; undefined when there are more than `maxStates`. */
export function explore<State>(scenario: Scenario<State>, limits: ExploreLimits): Exploration | undefined {
  const graph = new StateGraph();
  let frontier: { readonly id: number; readonly state: State }[] = [];
  graph.add(scenario.key(scenario.initial), 0, 0);
  frontier.push({ id: 0, state: scenario.initial });
  const atOnce = scenario.brokenRules(scenario.initial);
  if (atOnce.length > 0) return graph.stopped(atOnce, 0);
  while (frontier.length > 0) {
    const next: typeof frontier = [];
    for (const { id, state } of frontier) {
      for (const actor of scenario.enabled(state)) {
        const after = scenario.after(state, actor);
        const key = scenario.key(after);
        const known = graph.find(key);
        const target = known ?? graph.add(key, id, actor);
        graph.link(id, target);
        if (known !== undefined) continue;
        const rules = scenario.brokenRules(after);
        if (rules.length > 0) return graph.stopped(rules, target);
        if (graph.nrStates > limits.maxStates) return undefined;
        limits.onProgress(graph.nrStates);
        next.push({ id: target, state: after });
      }
    }
    frontier = next;
  }
  return graph.finished();
}

/** States by number, how each was first reached, and the transitions between them. */
class StateGraph {
  private readonly ids = new Map<string, number>();
  private readonly firstFrom: number[] = [];
  private readonly firstActor: number[] = [];
  private readonly from: number[] = [];
  private readonly to: number[] = [];

  get nrStates(): number {
    return this.ids.size;
  }

  find(key: string): number | undefined {
    return this.ids.get(key);
  }

  add(key: string, from: number, actor: number): number {
    const id = this.ids.size;
    this.ids.set(key, id);
    this.firstFrom.push(from);
    this.firstActor.push(actor);
    return id;
  }

  link(from: number, to: number): void {
    this.from.push(from);
    this.to.push(to);
  }

  stopped(rules: readonly string[], id: number): Exploration {
    const { nrStates } = this;
    const violation = { rules, actors: this.wayTo(id) };
    return { nrStates, nrTransitions: this.from.length, nrOrders: undefined, violation };
  }

  finished(): Exploration {
    const { nrStates } = this;
    return { nrStates, nrTransitions: this.from.length, nrOrders: this.countOrders(), violation: undefined };
  }

  private wayTo(id: number): readonly number[] {
    const actors: number[] = [];
    for (let at = id; at !== 0; at = this.firstFrom[at] ?? 0) actors.push(this.firstActor[at] ?? 0);
    return actors.reverse();
  }

  /** Ways from the first state to each, taken in an order in which all transitions lead forward. */
  private countOrders(): bigint {
    const { nrStates } = this;
    const nrIn = new Int32Array(nrStates);
    for (const to of this.to) nrIn[to] = (nrIn[to] ?? 0) + 1;
    const { start, targets } = this.targetsByState();
    const ways = new Array<bigint>(nrStates).fill(0n);
    ways[0] = 1n;
    const ready = [0];
    let nrOrders = 0n;
    let nrDone = 0;
    for (let id = ready.pop(); id !== undefined; id = ready.pop()) {
      nrDone++;
      const here = ways[id] ?? 0n;
      const first = start[id] ?? 0;
      const end = start[id + 1] ?? first;
      if (first === end) nrOrders += here;
      for (const to of targets.subarray(first, end)) {
        ways[to] = (ways[to] ?? 0n) + here;
        const left = (nrIn[to] ?? 0) - 1;
        nrIn[to] = left;
        if (left === 0) ready.push(to);
      }
    }
    if (nrDone !== nrStates) throw new Error("a scenario whose states repeat has no number of orders");
    return nrOrders;
  }

  /** Targets of the transitions of state `id`: `targets` from `start[id]` to `start[id + 1]`. */
  private targetsByState(): { readonly start: Int32Array; readonly targets: Int32Array } {
    const start = new Int32Array(this.nrStates + 1);
    for (const from of this.from) start[from + 1] = (start[from + 1] ?? 0) + 1;
    for (let id = 0; id < this.nrStates; id++) start[id + 1] = (start[id + 1] ?? 0) + (start[id] ?? 0);
    const fill = start.slice();
    const targets = new Int32Array(this.to.length);
    this.to.forEach((to, i) => {
      const from = this.from[i] ?? 0;
      const at = fill[from] ?? 0;
      targets[at] = to;
      fill[from] = at + 1;
    });
    return { start, targets };
  }
}
