/** What runs: script, machine and two policies; Run and Stop. */

import { MACHINE_SETTINGS } from "@ebb/lab";
import { KERNEL_PROFILES } from "@ebb/model";
import { fromByteString } from "../byte-strings.ts";
import { countText, timeText } from "../views/words.ts";
import { EXAMPLES } from "./examples.ts";
import { Choice, TextField } from "./fields.tsx";
import { beginAt, type SideIndex } from "./instant.ts";
import { kernelTitle, ownCounts, policiesOfKernel, policyGroups, settingsOfExample } from "./settings.ts";
import type { Side } from "./side.ts";
import {
  change,
  chooseScript,
  comparedMs,
  isRunning,
  namesOf,
  readyMs,
  recordingFiles,
  run,
  settings,
  sides,
  stop,
} from "./store.ts";

export function Playground() {
  return (
    <form
      class="panel settings"
      aria-label="What runs"
      onSubmit={(event) => {
        event.preventDefault();
        beginAt(undefined);
        run();
      }}
    >
      <ScriptChoice />
      {recordingFiles.value === undefined ? <MachineFields /> : undefined}
      <PolicyChoice index={0} />
      <PolicyChoice index={1} />
      <div class="buttons">
        <button type="submit" class="ebb-button run" disabled={isRunning.value}>
          Run
        </button>
        <button type="button" class="ebb-button" disabled={!isRunning.value} onClick={stop}>
          Stop
        </button>
      </div>
      {recordingFiles.value === undefined ? <MoreFields /> : undefined}
      <RunState />
    </form>
  );
}

/** Stands for the recording among the scripts' names. */
const RECORDING = "";

/** Scripts, and the recording where there is one: what Run runs. */
function ScriptChoice() {
  const { scriptName } = settings.value;
  const files = recordingFiles.value;
  const isExample = EXAMPLES.some(({ name }) => name === scriptName);
  const choose = (name: string) => chooseScript(name === scriptName ? {} : settingsOfExample(name));
  return (
    <Choice label="Script" value={files === undefined ? scriptName : RECORDING} onChoose={choose}>
      {files === undefined ? undefined : <option value={RECORDING}>{fromByteString(namesOf(files))}</option>}
      {isExample ? undefined : <option value={scriptName}>{scriptName}</option>}
      {EXAMPLES.map(({ name }) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </Choice>
  );
}

function KernelChoice() {
  const { kernel } = settings.value;
  const isNamed = KERNEL_PROFILES.some(({ name }) => name === kernel);
  const choose = (name: string) => change({ kernel: name, policies: policiesOfKernel(name) });
  return (
    <Choice label="Kernel" value={kernel} onChoose={choose}>
      {isNamed ? undefined : <option value={kernel}>{kernelTitle(kernel)}</option>}
      {KERNEL_PROFILES.map(({ name, title }) => (
        <option key={name} value={name} title={title}>
          {name}
        </option>
      ))}
    </Choice>
  );
}

function MachineFields() {
  const { kernel, cpus, nodes } = settings.value;
  const own = ownCounts(kernel);
  return (
    <>
      <KernelChoice />
      <TextField label="CPUs" isNumber value={cpus} hint={own.cpus} onInput={(text) => change({ cpus: text })} />
      <TextField label="Nodes" isNumber value={nodes} hint={own.nodes} onInput={(text) => change({ nodes: text })} />
    </>
  );
}

function PolicyChoice({ index }: { readonly index: SideIndex }) {
  const { kernel, policies } = settings.value;
  const groups = policyGroups(kernel);
  const own = policies[index];
  const choose = (name: string) => change({ policies: index === 0 ? [name, policies[1]] : [policies[0], name] });
  const isListed = groups.some(({ names }) => names.includes(own));
  return (
    <Choice label={`Policy ${sides[index].name}`} value={own} onChoose={choose}>
      {isListed ? undefined : <option value={own}>{own === "" ? "the kernel's own" : own}</option>}
      {groups.map(({ subsystem, names }) => (
        <optgroup key={subsystem} label={subsystem}>
          {names.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </optgroup>
      ))}
    </Choice>
  );
}

const SETTINGS_TITLE = MACHINE_SETTINGS.map(({ name, values, meaning }) => `${name}=${values}: ${meaning}`).join("\n");

function MoreFields() {
  const { set, env } = settings.value;
  return (
    <details class="more" open={set !== "" || env !== ""}>
      <summary>More</summary>
      <TextField
        label="Variables of the script"
        value={env}
        hint="KEEP=100 CHURN=4"
        onInput={(text) => change({ env: text })}
      />
      <TextField
        label="Inputs of the machine"
        value={set}
        hint="grace-period-ms=50 kinds=2"
        title={SETTINGS_TITLE}
        onInput={(text) => change({ set: text })}
      />
    </details>
  );
}

function RunState() {
  return (
    <p class="state" role="status" data-testid="state">
      {sides.map((side) => (
        <span key={side.name}>{stateOf(side)}</span>
      ))}
      {comparedMs.value === undefined ? undefined : (
        <span data-testid="compared" data-ms={Math.round(comparedMs.value)}>
          result after {(comparedMs.value / 1000).toFixed(1)} s
        </span>
      )}
      {readyMs.value === undefined ? undefined : <span data-testid="ready" data-ms={Math.round(readyMs.value)} />}
    </p>
  );
}

const PHASE_WORDS: Readonly<Record<Side["phase"]["value"], string>> = {
  idle: "",
  running: "running",
  ready: "done",
  failed: "failed",
  stopped: "stopped",
};

function stateOf({ name, phase, progress }: Side): string {
  const words = PHASE_WORDS[phase.value];
  if (words === "") return "";
  const { nrDone, what, timeNs } = progress.value ?? { nrDone: 0, what: "", timeNs: 0 };
  const isUnderWay = phase.value === "running" || phase.value === "stopped";
  return isUnderWay && nrDone > 0
    ? `${name}: ${words}, ${countText(nrDone)} ${what}, ${timeText(timeNs)}`
    : `${name}: ${words}`;
}
