/** sync: dirty pages go to their disks. */

import { isErrno } from "../../errno.ts";
import type { CommandContext } from "../../process/command.ts";
import { optionTable, parseOptions } from "../support/options.ts";
import { complain, quote } from "../support/report.ts";
import type { System } from "../support/system.ts";

const OPTIONS = optionTable({ short: "df", long: ["data d", "file-system f"] });

/** With operands GNU's writes those files alone; here always all. */
export function createSync(system: System): (context: CommandContext) => number {
  return (context) => {
    const options = parseOptions(context, OPTIONS);
    if (typeof options === "number") return options;
    let status = 0;
    for (const path of options.operands) {
      const node = context.vfs.lookup(path, context.cwd);
      if (!isErrno(node)) continue;
      complain(context, `error opening ${quote(path)}: ${node.message}`);
      status = 1;
    }
    system.sync(context.pid);
    return status;
  };
}
