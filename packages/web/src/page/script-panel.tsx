/** The script in its editor: open until there is something else to look at. */

import { useEffect, useRef } from "preact/hooks";
import { ScriptEditor } from "./script-editor.tsx";
import { recordingFiles, settings, subject } from "./store.ts";

export function ScriptPanel() {
  const details = useRef<HTMLDetailsElement>(null);
  const isShown = subject.value === undefined;
  useEffect(() => {
    if (details.current !== null) details.current.open = isShown;
  }, [isShown]);
  return (
    <details class="panel script" hidden={recordingFiles.value !== undefined} ref={details} open>
      <summary>
        Script <code>{settings.value.scriptName}</code>
      </summary>
      <ScriptEditor />
    </details>
  );
}
