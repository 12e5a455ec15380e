/**
 * The programs a script can call, by name. Each is a function of its context (see `process/command.ts`); those that
 * never wait are plain functions.
 *
 * They behave as GNU's (coreutils, grep, sed, findutils), procps's and util-linux's do in the C locale. An option they
 * do not know is refused as the original refuses it; one the original has and they lack is refused as "not modelled by
 * ebb", status 2; none is ignored.
 */

import type { Command } from "../process/command.ts";
import { awk } from "./awk/awk.ts";
import { bc } from "./bc/bc.ts";
import { cat, tac } from "./cat.ts";
import { cut } from "./cut.ts";
import { echo, printf, yes } from "./echo.ts";
import { expr } from "./expr.ts";
import { cp, ln, mv } from "./files/copy.ts";
import { dd } from "./files/dd.ts";
import { ls } from "./files/ls.ts";
import { chmod, chown, createMktemp, mkfifo, touch, truncate } from "./files/make.ts";
import { basename, dirname, readlink, realpath } from "./files/paths.ts";
import { rm, unlink } from "./files/remove.ts";
import { du, stat } from "./files/stat.ts";
import { tee } from "./files/tee.ts";
import { createWhich } from "./files/which.ts";
import { find } from "./find/find.ts";
import { grep } from "./grep/grep.ts";
import { head, tail } from "./head-tail.ts";
import { date } from "./machine/date.ts";
import { free, ps } from "./machine/free.ts";
import { getconf, hostname, id, nproc, uname, uptime, whoami } from "./machine/identity.ts";
import { kill } from "./machine/kill.ts";
import { createMount, type MountFileSystem, umount } from "./machine/mount.ts";
import { createNc } from "./machine/nc.ts";
import { createSwapoff, createSwapon, mkswap } from "./machine/swap.ts";
import { createSync } from "./machine/sync.ts";
import { sysctl } from "./machine/sysctl.ts";
import { vmtouch } from "./machine/vmtouch.ts";
import { mkdir, rmdir } from "./mkdir.ts";
import { taskset } from "./run/taskset.ts";
import { env, nice, nohup, printenv, timeout } from "./run/wrappers.ts";
import { xargs } from "./run/xargs.ts";
import { sed } from "./sed/sed.ts";
import { seq } from "./seq.ts";
import { sleep, usleep } from "./sleep.ts";
import { sort } from "./sort/sort.ts";
import { NO_SYSTEM, type System } from "./support/system.ts";
import { fail, succeed, test } from "./test-command.ts";
import { expand, fold, nl, rev } from "./text/lines.ts";
import { comm, join, paste } from "./text/merge.ts";
import { numfmt, shuf } from "./text/numbers.ts";
import { cmp, column, od } from "./text/tables.ts";
import { tr } from "./tr.ts";
import { uniq } from "./uniq.ts";
import { wc } from "./wc.ts";

/** What the commands need of the machine beyond their context. */
interface CommandHooks {
  readonly mountFileSystem: MountFileSystem;
  /** Sync, swap and sockets; missing where there is no machine below. */
  readonly system?: System;
}

const COMMANDS: readonly (readonly [string, Command])[] = [
  ["[", test],
  ["awk", awk],
  ["basename", basename],
  ["bc", bc],
  ["cat", cat],
  ["chgrp", chown],
  ["chmod", chmod],
  ["chown", chown],
  ["cmp", cmp],
  ["column", column],
  ["comm", comm],
  ["cp", cp],
  ["cut", cut],
  ["date", date],
  ["dd", dd],
  ["dirname", dirname],
  ["du", du],
  ["echo", echo],
  ["egrep", grep],
  ["env", env],
  ["expand", expand],
  ["expr", expr],
  ["false", fail],
  ["fgrep", grep],
  ["find", find],
  ["fold", fold],
  ["free", free],
  ["gawk", awk],
  ["getconf", getconf],
  ["grep", grep],
  ["head", head],
  ["hostname", hostname],
  ["id", id],
  ["join", join],
  ["kill", kill],
  ["ln", ln],
  ["ls", ls],
  ["mawk", awk],
  ["mkdir", mkdir],
  ["mkfifo", mkfifo],
  ["mv", mv],
  ["nice", nice],
  ["nl", nl],
  ["nohup", nohup],
  ["nproc", nproc],
  ["numfmt", numfmt],
  ["od", od],
  ["paste", paste],
  ["printenv", printenv],
  ["printf", printf],
  ["ps", ps],
  ["readlink", readlink],
  ["realpath", realpath],
  ["rev", rev],
  ["rm", rm],
  ["rmdir", rmdir],
  ["sed", sed],
  ["seq", seq],
  ["shuf", shuf],
  ["sleep", sleep],
  ["sort", sort],
  ["stat", stat],
  ["sysctl", sysctl],
  ["tac", tac],
  ["tail", tail],
  ["taskset", taskset],
  ["tee", tee],
  ["test", test],
  ["timeout", timeout],
  ["touch", touch],
  ["tr", tr],
  ["true", succeed],
  ["truncate", truncate],
  ["umount", umount],
  ["uname", uname],
  ["uniq", uniq],
  ["unlink", unlink],
  ["uptime", uptime],
  ["usleep", usleep],
  ["wc", wc],
  ["whoami", whoami],
  ["xargs", xargs],
  ["yes", yes],
];

/** All programs by name, for one machine. */
export function createCommands(hooks: CommandHooks): ReadonlyMap<string, Command> {
  const commands = new Map<string, Command>(COMMANDS);
  commands.set("mktemp", createMktemp());
  commands.set("mount", createMount(hooks.mountFileSystem));
  const system = hooks.system ?? NO_SYSTEM;
  commands.set("sync", createSync(system));
  commands.set("nc", createNc(system));
  commands.set("netcat", createNc(system));
  commands.set("mkswap", mkswap);
  commands.set("swapon", createSwapon(system));
  commands.set("swapoff", createSwapoff(system));
  commands.set("vmtouch", vmtouch);
  commands.set(
    "which",
    createWhich(() => commands.keys()),
  );
  return commands;
}
