/** find: the walk over the tree. */

import { isErrno } from "../../errno.ts";
import type { CommandContext, Running } from "../../process/command.ts";
import type { Node } from "../../vfs/node.ts";
import { complain, quoteForShell } from "../support/report.ts";
import { Output } from "../support/streams.ts";
import { FindError, type FindNode, type FindPlan, parseExpression, type Visited } from "./expression.ts";

/** Bytes of arguments one `-exec ... +` gets. */
const BATCH_BYTES = 131_072;

interface Walk {
  readonly context: CommandContext;
  readonly plan: FindPlan;
  readonly output: Output;
  readonly follow: boolean;
  status: number;
  pruned: boolean;
  stopped: boolean;
}

/** Walks trees and does what the expression says. */
export function* find(context: CommandContext): Running<number> {
  let { args } = context;
  let follow = false;
  while (args[0] === "-L" || args[0] === "-P" || args[0] === "-H") {
    follow = args[0] === "-L";
    args = args.slice(1);
  }
  const firstExpression = args.findIndex((word) => /^(-.|[!(]$)/.test(word));
  const paths = firstExpression < 0 ? args : args.slice(0, firstExpression);
  let plan: FindPlan;
  try {
    plan = parseExpression(context, firstExpression < 0 ? [] : args.slice(firstExpression));
  } catch (error) {
    if (!(error instanceof FindError)) throw error;
    complain(context, error.message);
    return error.message.endsWith("not modelled by ebb") ? 2 : 1;
  }
  const walk: Walk = { context, plan, output: new Output(context), follow, status: 0, pruned: false, stopped: false };
  for (const path of paths.length === 0 ? ["."] : paths) {
    if (walk.stopped) break;
    yield* visit(walk, path, path.replace(/\/+$/, "").replace(/^.*\//, "") || path, 0);
  }
  for (const node of plan.batches) yield* runBatch(walk, node);
  return walk.output.finish(walk.status);
}

function fault(walk: Walk, text: string): void {
  walk.output.flush();
  complain(walk.context, text);
  walk.status = 1;
}

function* visit(walk: Walk, path: string, name: string, depth: number): Running<void> {
  const { context, plan } = walk;
  const found = context.vfs.lookup(path, context.cwd, { follow: walk.follow });
  const node = isErrno(found) && walk.follow ? context.vfs.lookup(path, context.cwd, { follow: false }) : found;
  if (isErrno(node)) {
    fault(walk, `${quoteForShell(path)}: ${node.message}`);
    return;
  }
  const visited = describe(context, path, name, node);
  walk.pruned = false;
  if (!plan.depthFirst && depth >= plan.minDepth) yield* evaluate(walk, plan.expression, visited);
  if (node.kind === "directory" && depth < plan.maxDepth && !walk.pruned) {
    const names = context.vfs.readdir(path, context.cwd);
    if (isErrno(names)) fault(walk, `${quoteForShell(path)}: ${names.message}`);
    else {
      for (const child of [...names]) {
        if (walk.stopped) return;
        yield* visit(walk, path.endsWith("/") ? path + child : `${path}/${child}`, child, depth + 1);
      }
    }
  }
  if (plan.depthFirst && depth >= plan.minDepth && !walk.stopped) yield* evaluate(walk, plan.expression, visited);
  if (walk.output.full && !(yield* walk.output.settle())) walk.stopped = true;
}

function describe(context: CommandContext, path: string, name: string, node: Node): Visited {
  return {
    path,
    name,
    kind: node.kind,
    sizeBytes: node.sizeBytes(),
    mtimeNs: node.mtimeNs,
    mode: node.mode,
    ino: node.ino,
    empty: () => {
      if (node.kind === "file") return node.sizeBytes() === 0;
      if (node.kind !== "directory") return false;
      const names = context.vfs.readdir(path, context.cwd);
      return !isErrno(names) && names.length === 0;
    },
  };
}

function* evaluate(walk: Walk, node: FindNode, visited: Visited): Running<boolean> {
  if (walk.stopped) return false;
  switch (node.kind) {
    case "and":
      return (yield* evaluate(walk, node.left, visited)) && (yield* evaluate(walk, node.right, visited));
    case "or":
      return (yield* evaluate(walk, node.left, visited)) || (yield* evaluate(walk, node.right, visited));
    case "comma":
      yield* evaluate(walk, node.left, visited);
      return yield* evaluate(walk, node.right, visited);
    case "not":
      return !(yield* evaluate(walk, node.inner, visited));
    case "test":
      return node.test(visited);
    case "action":
      return act(walk, node.name, visited);
    default:
      return yield* execute(walk, node, visited);
  }
}

function act(walk: Walk, name: string, visited: Visited): boolean {
  switch (name) {
    case "print":
      walk.output.write(`${visited.path}\n`);
      return true;
    case "print0":
      walk.output.write(`${visited.path}\0`);
      return true;
    case "prune":
      walk.pruned = true;
      return true;
    case "quit":
      walk.stopped = true;
      return true;
    default:
      return remove(walk, visited);
  }
}

function remove(walk: Walk, visited: Visited): boolean {
  if (visited.path === ".") return true;
  const { vfs, cwd } = walk.context;
  const errno = visited.kind === "directory" ? vfs.rmdir(visited.path, cwd) : vfs.unlink(visited.path, cwd);
  if (errno === undefined) return true;
  fault(walk, `cannot delete ${quoteForShell(visited.path)}: ${errno.message}`);
  return false;
}

function* execute(walk: Walk, node: Extract<FindNode, { kind: "exec" }>, visited: Visited): Running<boolean> {
  if (node.batch !== undefined) {
    node.batch.paths.push(visited.path);
    const nrBytes = node.batch.paths.reduce((sum, path) => sum + path.length + 1, 0);
    if (nrBytes >= BATCH_BYTES) yield* runBatch(walk, node);
    return true;
  }
  walk.output.flush();
  return (yield* walk.context.run(node.command.map((word) => word.replaceAll("{}", visited.path)))) === 0;
}

function* runBatch(walk: Walk, node: Extract<FindNode, { kind: "exec" }>): Running<void> {
  const paths = node.batch?.paths ?? [];
  if (paths.length === 0) return;
  walk.output.flush();
  const status = yield* walk.context.run([...node.command, ...paths]);
  paths.length = 0;
  if (status !== 0) walk.status = 1;
}
