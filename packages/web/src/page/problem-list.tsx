/** What is wrong with the input: file and line, what was expected, what was found, what to do; as the command says it. */

import { printProblem } from "@ebb/formats";
import { fromByteString } from "../byte-strings.ts";
import { nrMoreProblems, problems } from "./store.ts";

export function ProblemList() {
  const all = problems.value;
  if (all.length === 0) return undefined;
  return (
    <section class="problems" role="alert" aria-label="Problems">
      {all.map((problem) => (
        <pre key={printProblem(problem)}>{fromByteString(printProblem(problem))}</pre>
      ))}
      {nrMoreProblems.value === 0 ? undefined : <p>{nrMoreProblems.value} more of this kind are not shown.</p>}
    </section>
  );
}
