/** The script, in an editor that is loaded behind the page: until it is there, and where it cannot be, a plain field. */

import { useEffect, useRef } from "preact/hooks";
import type { CodeEditor } from "./code-editor.ts";
import { change, settings } from "./store.ts";

export function ScriptEditor() {
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<CodeEditor | undefined>(undefined);
  const { script } = settings.value;
  useEffect(() => {
    let isGone = false;
    void import("./code-editor.ts").then(({ createCodeEditor }) => {
      if (isGone || place.current === null) return;
      editor.current = createCodeEditor(place.current, settings.peek().script, (text) => change({ script: text }));
    });
    return () => {
      isGone = true;
      editor.current?.destroy();
    };
  }, []);
  useEffect(() => editor.current?.setText(script), [script]);
  return <div class="editor" ref={place} />;
}
