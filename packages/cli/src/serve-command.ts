/** `ebb serve`: the page, on this computer. */

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Problem } from "@ebb/formats";
import { machineOptions, profileNamed } from "@ebb/lab";
import { buildCommand } from "@stricli/core";
import { readInput } from "./input.ts";
import {
  DEFAULT_KERNEL,
  environmentOfFlags,
  kernelOf,
  MACHINE_FLAGS,
  type MachineFlags,
  toggle,
} from "./machine-flags.ts";
import { failUsage, untilClosedAsync, writeError, writeOut } from "./output.ts";
import { type GivenMachine, givenFiles } from "./serve/given.ts";
import { openBrowser } from "./serve/open-browser.ts";
import { readPageFiles, type ServedFiles } from "./serve/page-files.ts";
import { type PageServer, startPageServer } from "./serve/page-server.ts";
import { untilStopped } from "./serve/until-stopped.ts";

interface ServeFlags extends MachineFlags {
  readonly policy: string | undefined;
  readonly port: number;
  readonly noOpen?: boolean;
}

const DESCRIPTION = `Serves the page of ebb on this computer and opens it in a browser: scripts run on the model in the page, under two
policies side by side, and every instant of the run can be looked at: chunks, pages, areas, who holds them.

Given a script, the page starts with it and runs it. Given a recorded trace (any format that \`ebb replay\` reads; several
files are parts of one recording), the page starts with that; texts of the host that lie beside it are taken along.

Only this computer reaches the page, and only by the address printed, which has a random token in it. The page is sent
once and asks for nothing afterwards. Ctrl-C ends the server. \`npm run build:web\` makes the same page as a folder
for any web server.

EXAMPLES
  ebb serve
  ebb serve experiments/percpu-churn.sh
  ebb serve experiments/dying-memcg.sh --kernel 5.0 --policy vanilla,early-release
  ebb serve run.trace.txt.gz --policy vanilla,upstream
  ebb serve --port 8080 --no-open`;

export const serveCommand = buildCommand({
  async func(flags: ServeFlags, ...paths: string[]) {
    await untilClosedAsync(() => serve(flags, paths));
  },
  parameters: {
    flags: {
      ...MACHINE_FLAGS,
      policy: {
        kind: "parsed",
        parse: String,
        placeholder: "A,B",
        optional: true,
        brief: "The two policies [the kernel's first and last]",
      },
      port: {
        kind: "parsed",
        parse: portNumber,
        placeholder: "N",
        default: "0",
        brief: "Port; 0 for any that is free",
      },
      noOpen: toggle("Print the address and open nothing"),
    },
    positional: {
      kind: "array",
      parameter: { parse: String, placeholder: "SCRIPT|TRACE...", brief: "What the page starts with" },
    },
  },
  docs: {
    brief: "Look at chunks, time and policies in a browser",
    fullDescription: DESCRIPTION,
    customUsage: [`[SCRIPT | TRACE...] [--policy A,B] [--kernel ${DEFAULT_KERNEL}] [--port N] [--no-open]`],
  },
});

/** Answers the exit code, when the server has been stopped. */
async function serve(flags: ServeFlags, paths: readonly string[]): Promise<number> {
  const machine = givenMachine(flags);
  if ("severity" in machine) return failUsage(machine);
  const page = pageFiles();
  if ("severity" in page) return failUsage(page);
  const given = await givenFiles(paths, machine);
  if ("severity" in given) return failUsage(given);
  const server = await listening(new Map([...page, ...given]), flags.port);
  if ("severity" in server) return failUsage(server);
  const url = `${server.url}?given`;
  writeOut(`${url}\n`);
  const isOpened = flags.noOpen !== true && openBrowser(url);
  writeError(isOpened ? "opened in a browser; Ctrl-C ends it\n" : "open this address in a browser; Ctrl-C ends it\n");
  await untilStopped();
  await server.close();
  return 0;
}

/** The machine as the page is told it, or what is wrong with it under any of the policies. */
function givenMachine(flags: ServeFlags): GivenMachine | Problem {
  const { cpus, nodes, set = [], env = [] } = flags;
  const kernel = kernelOf(flags.kernel);
  if ("severity" in kernel) return kernel;
  const policies = flags.policy?.split(",") ?? [];
  if (policies.length > 2) return tooManyPolicies(flags.policy ?? "");
  for (const policy of policies.length === 0 ? [undefined] : policies) {
    const machine = machineOptions({ kernel, policy, cpus, nodes, settings: set });
    if ("severity" in machine) return machine;
  }
  const variables = environmentOfFlags(env);
  if ("severity" in variables) return variables;
  const text = "severity" in profileNamed(flags.kernel) ? readInput(flags.kernel) : { text: flags.kernel };
  return "severity" in text ? text : { kernel: text.text, policies, cpus, nodes, settings: set, env };
}

/** The built page stands beside the bundled command. */
function pageFiles(): ServedFiles | Problem {
  const folder = join(dirname(fileURLToPath(import.meta.url)), "web");
  try {
    return readPageFiles(folder);
  } catch (error) {
    return {
      severity: "error",
      file: folder,
      line: 0,
      message: "the page has not been built",
      expected: "the files of the page beside the command",
      found: error instanceof Error ? error.message : String(error),
      toDo: "run `npm run build:web`",
    };
  }
}

async function listening(files: ServedFiles, port: number): Promise<PageServer | Problem> {
  try {
    return await startPageServer(files, port);
  } catch (error) {
    return {
      severity: "error",
      file: `--port ${port}`,
      line: 0,
      message: "the port cannot be had",
      expected: "a port that nobody listens on",
      found: error instanceof Error ? error.message : String(error),
      toDo: "name another, or leave the option out for any that is free",
    };
  }
}

function tooManyPolicies(text: string): Problem {
  return {
    severity: "error",
    file: `--policy ${text}`,
    line: 0,
    message: "the page shows two policies",
    expected: "one or two, as in --policy vanilla,upstream",
    found: text,
    toDo: "name two; `ebb compare` takes more",
  };
}

function portNumber(text: string): number {
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : -1;
  if (port >= 0 && port <= 65_535) return port;
  throw new SyntaxError(`${text} is no port from 0 to 65535`);
}
