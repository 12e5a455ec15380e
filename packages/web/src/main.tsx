/** The page: everything is drawn into #page. */

import { render } from "preact";
import { App } from "./page/app.tsx";
import { startPage } from "./page/start.ts";
import { startTheme } from "./views/index.ts";

const root = document.getElementById("page");
if (root !== null) {
  startTheme();
  render(<App />, root);
  void startPage();
}
