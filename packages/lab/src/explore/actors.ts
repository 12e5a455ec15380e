/** Actors on one piece of the model that is put into each state in turn, and the scenario they make. */

import type { Scenario } from "./explorer.ts";

interface Actors<State> {
  state: State;
  /** Puts the model into a state. */
  load(state: State): void;
  /** The model's present state as a value. */
  save(): State;
  /** Who can take a step now. */
  enabled(): readonly number[];
  /** Takes the actor's next step; answers who it was and what it did. */
  step(actor: number): readonly [who: string, did: string];
}

/** The scenario as the explorer walks it. */
export function scenarioOf<State, A extends Actors<State>>(
  actors: A & Actors<State>,
  key: (actors: A) => string,
  brokenRules: (actors: A) => readonly string[],
): Scenario<State> {
  const at = (state: State): A => {
    if (actors.state !== state) actors.load(state);
    return actors;
  };
  return {
    initial: actors.state,
    key: (state) => key(at(state)),
    enabled: (state) => at(state).enabled(),
    brokenRules: (state) => brokenRules(at(state)),
    after(state, actor) {
      at(state).step(actor);
      actors.state = actors.save();
      return actors.state;
    },
  };
}
