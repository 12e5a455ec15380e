/** The whole page: what runs above, what came of it below, from the whole run down to one page. */

import { ThemeToggle } from "../views/index.ts";
import { DetailPanels } from "./detail-panels.tsx";
import { InstantPanel } from "./instant-panel.tsx";
import { MapPanels } from "./map-panels.tsx";
import { OpenButton, SaveRecordingButton, ShareButton } from "./page-actions.tsx";
import { Playground } from "./playground.tsx";
import { ProblemList } from "./problem-list.tsx";
import { ScriptPanel } from "./script-panel.tsx";

export function App() {
  return (
    <div class="page">
      <header class="page-head">
        <h1>ebb</h1>
        <p>Where does the memory of deleted containers go?</p>
        <div class="ebb-buttons">
          <OpenButton />
          <SaveRecordingButton />
          <ShareButton />
          <ThemeToggle />
        </div>
      </header>
      <main>
        <Playground />
        <ProblemList />
        <InstantPanel />
        <MapPanels />
        <DetailPanels />
        <ScriptPanel />
      </main>
    </div>
  );
}
