/** mount and umount. What can be mounted is the machine's business: a hook makes the file system. */

import { EBUSY, ENODEV, ENOENT, type Errno, isErrno } from "../../errno.ts";
import type { CommandContext } from "../../process/command.ts";
import { optionTable, parseOptions } from "../support/options.ts";
import { complain, refuse } from "../support/report.ts";

/**
 * Mounts a file system of `type` on the absolute `path`. `options` are those of `-o`, without spaces.
 *
 * @returns ENODEV for a type it does not know
 */
export type MountFileSystem = (type: string, source: string, path: string, options: string) => Errno | undefined;

const MOUNT_OPTIONS = optionTable({
  short: "nrt:o:vw",
  long: ["types= t", "options= o", "verbose v", "read-only r", "rw w"],
  refusedShort: "aBcfFiLlMNRTU",
  refusedLong: [
    "all",
    "bind",
    "rbind",
    "move",
    "make-private",
    "make-shared",
    "make-rprivate",
    "fake",
    "label",
    "uuid",
  ],
});
const UMOUNT_OPTIONS = optionTable({
  short: "flv",
  long: ["force f", "verbose v"],
  refusedShort: "acdnNOrRt",
  refusedLong: ["all", "recursive", "types", "lazy", "detach-loop", "read-only"],
});

const FAILED_STATUS = 32;

export function createMount(mountFileSystem: MountFileSystem): (context: CommandContext) => number {
  return (context) => {
    const options = parseOptions(context, MOUNT_OPTIONS);
    if (typeof options === "number") return options;
    const type = options.value("t");
    if (options.operands.length === 0) {
      for (const entry of context.vfs.mounts()) {
        if (type !== undefined && !type.split(",").includes(entry.type)) continue;
        context.stdout.write(`${entry.source} on ${entry.path} type ${entry.type} (${entry.options})\n`);
      }
      return 0;
    }
    const [source, target, extra] = options.operands;
    if (source === undefined || target === undefined || extra !== undefined) {
      complain(context, target === undefined ? `${source ?? ""}: can't find in /etc/fstab.` : "bad usage");
      return 1;
    }
    const flags = options.list.filter((option) => option.name === "o").map((option) => option.value);
    if (options.has("r")) flags.push("ro");
    const unsupported = flags
      .join(",")
      .split(",")
      .find((flag) => /^(remount|bind|rbind|move|loop)\b/.test(flag));
    if (unsupported !== undefined) return refuse(context, `-o ${unsupported}`);
    const path = context.vfs.realPath(target, context.cwd);
    const node = context.vfs.lookup(target, context.cwd);
    if (isErrno(path) || isErrno(node)) return failed(context, target, "mount point does not exist.");
    if (node.kind !== "directory") return failed(context, target, "mount point is not a directory.");
    const errno = mountFileSystem(type ?? "auto", source, path, flags.join(","));
    return errno === undefined ? 0 : failed(context, target, reason(context, errno, type ?? "auto", source, path));
  };
}

function failed(context: CommandContext, target: string, text: string): number {
  complain(context, `${target}: ${text}`);
  context.stderr.write("       dmesg(1) may have more information after failed mount system call.\n");
  return FAILED_STATUS;
}

function reason(context: CommandContext, errno: Errno, type: string, source: string, path: string): string {
  if (errno === ENODEV) return `unknown filesystem type '${type}'.`;
  if (errno === EBUSY) {
    const isListed = context.vfs.mounts().some((entry) => entry.source === source && entry.path === path);
    return isListed ? `${source} already mounted on ${path}.` : `${source} already mounted or mount point busy.`;
  }
  if (errno.code === "EINVAL") {
    return `wrong fs type, bad option, bad superblock on ${source}, missing codepage or helper program, or other error.`;
  }
  return `mount(2) system call failed: ${errno.message}.`;
}

export function umount(context: CommandContext): number {
  const options = parseOptions(context, UMOUNT_OPTIONS);
  if (typeof options === "number") return options;
  if (options.has("l")) return refuse(context, "-l");
  if (options.operands.length === 0) {
    complain(context, "bad usage");
    return 1;
  }
  let status = 0;
  for (const path of options.operands) {
    const errno = context.vfs.umount(path, context.cwd);
    if (errno === undefined) continue;
    status = FAILED_STATUS;
    if (errno === EBUSY) complain(context, `${path}: target is busy.`);
    else if (errno === ENOENT) complain(context, `${path}: no mount point specified.`);
    else complain(context, `${path}: not mounted.`);
  }
  return status;
}
