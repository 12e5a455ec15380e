/** tee. */

import { isErrno } from "../../errno.ts";
import type { CommandContext, Running } from "../../process/command.ts";
import { optionTable, parseOptions } from "../support/options.ts";
import { Pace } from "../support/pace.ts";
import { complainAbout, SIGPIPE_STATUS } from "../support/report.ts";
import { type FileOutput, openForWriting } from "../support/streams.ts";

const BLOCK_BYTES = 65_536;
const OPTIONS = optionTable({
  short: "aip",
  long: ["append a", "ignore-interrupts i", "output-error=? p"],
});

/** Copies stdin to stdout and to files; one block is one write to each, as control files need. */
export function* tee(context: CommandContext): Running<number> {
  const options = parseOptions(context, OPTIONS);
  if (typeof options === "number") return options;
  let status = 0;
  let files: { readonly path: string; readonly file: FileOutput }[] = [];
  for (const path of options.operands) {
    const file = openForWriting(context, path, options.has("a"));
    if (isErrno(file)) {
      complainAbout(context, path, file);
      status = 1;
    } else files.push({ path, file });
  }
  let broken = false;
  const pace = new Pace(context.host);
  for (;;) {
    const text = yield* context.stdin.read(BLOCK_BYTES);
    if (isErrno(text)) {
      complainAbout(context, "-", text);
      status = 1;
      break;
    }
    if (text === "") break;
    broken = broken || context.stdout.write(text) !== undefined;
    if (broken && !options.has("p")) return SIGPIPE_STATUS;
    files = files.filter(({ path, file }) => {
      const failed = file.write(text);
      if (failed === undefined) return true;
      complainAbout(context, path, failed);
      status = 1;
      return false;
    });
    yield* context.stdout.drain();
    yield* pace.spend(text.length);
  }
  for (const { file } of files) file.close();
  return status;
}
