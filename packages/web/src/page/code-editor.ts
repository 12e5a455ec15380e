/**
 * The editor: CodeMirror with the few parts a script needs. It stands in a shadow root, where its styles are adopted
 * sheets: the page's security policy allows no style elements.
 */

import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { shell } from "@codemirror/legacy-modes/mode/shell";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

export interface CodeEditor {
  setText(text: string): void;
  destroy(): void;
}

/** The page's colours, which reach into the shadow root: light and dark as the page is. */
const THEME = EditorView.theme({
  "&": { height: "100%", color: "var(--ebb-text)", backgroundColor: "var(--ebb-background)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace", fontSize: "13px" },
  ".cm-content": { caretColor: "var(--ebb-text)" },
  ".cm-cursor": { borderLeftColor: "var(--ebb-text)" },
  ".cm-gutters": {
    color: "var(--ebb-muted)",
    backgroundColor: "var(--ebb-panel)",
    borderRight: "1px solid var(--ebb-line)",
  },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--ebb-panel)" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    backgroundColor: "var(--ebb-selected)",
  },
});

const WORDS = HighlightStyle.define([
  { tag: tags.comment, color: "var(--ebb-muted)" },
  { tag: [tags.keyword, tags.standard(tags.name), tags.definition(tags.name)], color: "var(--ebb-accent)" },
  { tag: tags.keyword, fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], fontStyle: "italic" },
]);

/** @param changed is called with the whole text when the user has changed it */
export function createCodeEditor(place: HTMLElement, text: string, changed: (text: string) => void): CodeEditor {
  const root = place.shadowRoot ?? place.attachShadow({ mode: "open" });
  root.replaceChildren();
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        history(),
        drawSelection(),
        bracketMatching(),
        highlightActiveLine(),
        StreamLanguage.define(shell),
        THEME,
        syntaxHighlighting(WORDS),
        keymap.of([...defaultKeymap, ...historyKeymap]),
        EditorView.contentAttributes.of({ "aria-label": "Script", tabindex: "0" }),
        EditorView.updateListener.of(({ docChanged, state }) => {
          if (docChanged) changed(state.doc.toString());
        }),
      ],
    }),
  });
  return {
    setText(next) {
      if (next !== view.state.doc.toString()) {
        view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } });
      }
    },
    destroy: () => view.destroy(),
  };
}
