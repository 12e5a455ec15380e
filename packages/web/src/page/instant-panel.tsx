/** Where in the run the page stands, and the ways to go elsewhere: the plot, a slider over events, marks, single steps. */

import type { TimelineMark } from "@ebb/lab/timeline-view";
import { fromByteString } from "../byte-strings.ts";
import { TimelinePlot } from "../views/index.ts";
import { timeText } from "../views/words.ts";
import { goToEnd, goToPosition, goToTime, lead, step } from "./instant.ts";
import { SideChoice } from "./side-choice.tsx";
import { policyOf, sides, subject } from "./store.ts";

/** Beside the maps there is room for this much. */
const PLOT_HEIGHT_PX = 200;

export function InstantPanel() {
  const [a, b] = sides.map(({ curves }) => curves.value);
  const first = a ?? b;
  if (subject.value === undefined || first === undefined) return undefined;
  const view = sides[lead.value].view.value;
  return (
    <section class="panel" aria-label="Timeline">
      <TimelinePlot
        title={subject.value.kind === "recording" ? fromByteString(subject.value.name) : "Timeline"}
        a={first}
        b={a === undefined ? undefined : b}
        sideNames={[policyOf(0), policyOf(1)]}
        instantNs={view?.timeNs ?? first.timeNs.at(-1) ?? 0}
        event={view?.event ?? ""}
        onSeek={goToTime}
        onStep={(by) => void step(by)}
        heightPx={PLOT_HEIGHT_PX}
      />
      {view === undefined ? undefined : <InstantBar />}
    </section>
  );
}

/** Of the side that leads. */
function InstantBar() {
  const { opened, view } = sides[lead.value];
  const nrEvents = opened.value?.nrEvents ?? 0;
  const position = view.value?.position ?? 0;
  return (
    <div class="instant">
      <SideChoice label="Events of side" chosen={lead} />
      <button type="button" class="ebb-button" aria-label="To the start" onClick={() => goToEnd(0)}>
        |◀
      </button>
      <button type="button" class="ebb-button" aria-label="One event back" onClick={() => void step(-1)}>
        ◀
      </button>
      <button type="button" class="ebb-button" aria-label="One event forward" onClick={() => void step(1)}>
        ▶
      </button>
      <button type="button" class="ebb-button" aria-label="To the end" onClick={() => goToEnd(1)}>
        ▶|
      </button>
      <input
        type="range"
        aria-label="Event"
        aria-valuetext={`event ${position} of ${nrEvents}, ${timeText(view.value?.timeNs ?? 0)}`}
        min={0}
        max={nrEvents}
        step={1}
        value={position}
        onInput={({ currentTarget }) => void goToPosition(lead.peek(), Number(currentTarget.value))}
      />
      <MarkChoice />
      <output class="where" data-testid="where">
        <b>{timeText(view.value?.timeNs ?? 0)}</b>, event <span data-testid="position">{position}</span> of {nrEvents}
      </output>
    </div>
  );
}

function MarkChoice() {
  const marks = (sides[lead.value].curves.value?.marks ?? []).filter(({ kind }) => kind !== "deferred");
  return (
    <select
      aria-label="Go to a mark"
      value=""
      onChange={({ currentTarget }) => {
        const mark = marks[Number(currentTarget.value)];
        if (mark !== undefined) void goToPosition(lead.peek(), mark.position);
        currentTarget.value = "";
      }}
    >
      <option value="">Go to…</option>
      {marks.map((mark, i) => (
        <option key={markKey(mark)} value={String(i)}>
          {timeText(mark.timeNs)} {mark.label}
        </option>
      ))}
    </select>
  );
}

function markKey({ position, label }: TimelineMark): string {
  return `${position} ${label}`;
}
