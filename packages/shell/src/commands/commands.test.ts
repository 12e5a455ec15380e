/** What cannot be recorded elsewhere: the virtual clock, mounts, /proc, what is refused, pipes that break. */

import { describe, expect, it } from "vitest";
import { ENODEV } from "../errno.ts";
import type { Command } from "../process/command.ts";
import { createTmpfs } from "../vfs/tmpfs.ts";
import { createCommands } from "./index.ts";
import { splitWords } from "./testing/corpus-format.ts";
import { createMachine, type Machine } from "./testing/machine.ts";

function machine(stdoutLimit?: number, forgetful = false): Machine {
  // the hook mounts on the machine whose commands it belongs to
  const holder: { made?: Machine } = {};
  const commands: ReadonlyMap<string, Command> = createCommands({
    mountFileSystem: (type, source, path, options) => {
      if (type !== "tmpfs" && type !== "cgroup2") return ENODEV;
      const root = createTmpfs(() => 0);
      return holder.made?.vfs.mount({ path, type, source, options: options === "" ? "rw" : `rw,${options}`, root });
    },
  });
  const made = createMachine(commands, { forgetful, ...(stdoutLimit === undefined ? {} : { stdoutLimit }) });
  holder.made = made;
  return made;
}

function write(on: Machine, path: string, text: string): void {
  for (let slash = path.indexOf("/", 1); slash > 0; slash = path.indexOf("/", slash + 1)) {
    on.vfs.mkdir(path.slice(0, slash), "/", 0o755);
  }
  const opened = on.vfs.open(path, "/w", { write: true, create: true, truncate: true }, 1);
  if ("handle" in opened) opened.handle.write(0, text);
}

function check(on: Machine, line: string, stdout: string, status = 0, stderr = "", stdin = ""): void {
  const result = on.run(splitWords(line), stdin);
  expect([line, result]).toEqual([line, { stdout, stderr, status }]);
}

describe("clock", () => {
  it("sleeps in virtual time", () => {
    const on = machine();
    check(on, "sleep 1.5 2m", "");
    expect(on.host.nowNs()).toBe(122_500_000_000);
    check(on, "usleep 500000", "");
    check(on, "date +%s.%N", "1700000123.000000000\n");
    check(on, "date", "Tue Nov 14 22:15:23 UTC 2023\n");
    check(on, "date -d '5 minutes ago' +%T", "22:10:23\n");
    check(on, "date -d tomorrow +%F", "2023-11-15\n");
    check(on, "uptime -s", "2023-11-14 22:13:20\n");
    check(on, "uptime -p", "up 2 minutes\n");
    check(on, "uptime", " 22:15:23 up 2 min,  0 users,  load average: 0.00, 0.00, 0.00\n");
  });

  it("ends a command that sleeps too long", () => {
    const on = machine();
    check(on, "timeout 2 sleep 60", "", 124);
    expect(on.host.nowNs()).toBe(3_000_000_000);
    check(on, "timeout 10 sleep 1", "");
  });

  it("stamps files", () => {
    const on = machine();
    check(on, "touch a", "");
    check(on, "sleep 10", "");
    check(on, "touch b", "");
    check(on, "ls -t", "b\na\n");
    check(on, "find . -newer a -type f", "./b\n");
    check(on, "find . -type f -mmin -0.1", "", 1, "find: invalid argument `-0.1' to `-mmin'\n");
    check(on, "touch -d @1700000000 a", "");
    check(on, "stat -c '%Y %y' a", "1700000000 2023-11-14 22:13:20.000000000 +0000\n");
    check(on, "date -r a +%s", "1700000000\n");
    check(on, "ls -l a", "-rw-r--r-- 1 root root 0 Nov 14 22:13 a\n");
    check(on, "touch -d 2001-02-03 a", "");
    check(on, "ls -l a", "-rw-r--r-- 1 root root 0 Feb  3  2001 a\n");
    check(on, "touch -d nonsense a", "", 1, "touch: invalid date format 'nonsense'\n");
  });

  it("times dd", () => {
    const on = machine();
    const stderr = "2+0 records in\n2+0 records out\n2048 bytes (2.0 kB, 2.0 KiB) copied, 0 s, Infinity B/s\n";
    check(on, "dd if=/dev/zero of=z bs=1K count=2", "", 0, stderr);
    check(on, "wc -c z", "2048 z\n");
    const large = "64+0 records in\n64+0 records out\n67108864 bytes (67 MB, 64 MiB) copied, 0.016 s, 4.2 GB/s\n";
    check(on, "dd if=/dev/zero of=/dev/null bs=1M count=64", "", 0, large);
  });

  it("ends what would write for ever", () => {
    const wide = `awk 'BEGIN { while (1) printf "%4000s", "" }'`;
    for (const line of ["yes", "cat /dev/zero", "dd if=/dev/zero bs=64K", wide]) {
      const on = machine(Number.MAX_SAFE_INTEGER, true);
      check(on, `timeout 0.01 ${line}`, "", 124);
      expect(on.host.nowNs()).toBe(1_010_000_000);
    }
  });
});

describe("mounts", () => {
  it("mounts through the hook and lists", () => {
    const on = machine();
    check(on, "mkdir /cg", "");
    check(on, "mount -t cgroup2 none /cg", "");
    check(on, "mkdir /cg/x", "");
    check(on, "mount", "udev on /dev type devtmpfs (rw)\nnone on /cg type cgroup2 (rw)\n");
    check(on, "mount -t cgroup2", "none on /cg type cgroup2 (rw)\n");
    check(on, "stat -c %m /cg/x", "/cg\n");
    check(on, "umount /cg", "");
    check(on, "umount /cg", "", 32, "umount: /cg: not mounted.\n");
    check(on, "umount /none", "", 32, "umount: /none: no mount point specified.\n");
  });

  it("says why it cannot", () => {
    const on = machine();
    const hint = "       dmesg(1) may have more information after failed mount system call.\n";
    check(on, "mount -t foo none /tmp", "", 32, `mount: /tmp: unknown filesystem type 'foo'.\n${hint}`);
    check(on, "mount -t tmpfs none /x", "", 32, `mount: /x: mount point does not exist.\n${hint}`);
    check(on, "mount -o remount,ro /tmp", "", 1, "mount: /tmp: can't find in /etc/fstab.\n");
    check(on, "mount --bind /tmp /w", "", 2, "mount: option '--bind' is not modelled by ebb\n");
  });
});

describe("/proc", () => {
  const meminfo = [
    "MemTotal:       24684092 kB",
    "MemFree:        23987228 kB",
    "MemAvailable:   24066332 kB",
    "Buffers:            1800 kB",
    "Cached:           300000 kB",
    "SReclaimable:      55788 kB",
    "Shmem:              8856 kB",
    "SwapTotal:             0 kB",
    "SwapFree:              0 kB",
    "",
  ].join("\n");

  it("shows memory", () => {
    const on = machine();
    check(on, "free", "", 1, "free: Error: /proc must be mounted\n");
    write(on, "/proc/meminfo", meminfo);
    const head = "               total        used        free      shared  buff/cache   available\n";
    const swap = "Swap:              0           0           0\n";
    const mem = "Mem:        24684092      617760    23987228        8856      357588    24066332\n";
    check(on, "free", head + mem + swap);
    check(
      on,
      "free -m",
      `${head}Mem:           24105         603       23425           8         349       23502\n${swap}`,
    );
    const human = "Mem:            23Gi       603Mi        22Gi       8.6Mi       349Mi        22Gi\n";
    check(on, "free -h", `${head}${human}Swap:             0B          0B          0B\n`);
  });

  it("lists processes", () => {
    const on = machine();
    write(on, "/proc/1/comm", "init\n");
    write(on, "/proc/12/comm", "bash\n");
    write(on, "/proc/12/cmdline", "bash\0-c\0x\0");
    check(on, "ps", "  PID TTY          TIME CMD\n    1 ?        00:00:00 init\n   12 ?        00:00:00 bash\n");
    check(on, "ps -o pid=,args= -p 12", "   12 bash -c x\n");
    check(on, "ps -p 99", "  PID TTY          TIME CMD\n", 1);
    check(on, "ps aux", "", 2, "ps: option 'aux' is not modelled by ebb\n");
  });

  it("maps sysctl to files", () => {
    const on = machine();
    write(on, "/proc/sys/vm/drop_caches", "0\n");
    check(on, "sysctl vm.drop_caches", "vm.drop_caches = 0\n");
    check(on, "sysctl -w vm.drop_caches=3", "vm.drop_caches = 3\n");
    check(on, "sysctl -n vm.drop_caches", "3\n");
    check(on, "sysctl vm.foo", "", 1, "sysctl: cannot stat /proc/sys/vm/foo: No such file or directory\n");
  });
});

describe("the machine", () => {
  it("names itself", () => {
    const on = machine();
    check(on, "uname -r", "6.1.0\n");
    check(on, "uname -a", "Linux ebb 6.1.0 #1 SMP x86_64 GNU/Linux\n");
    check(on, "hostname", "ebb\n");
    check(on, "nproc", "4\n");
    check(on, "getconf _NPROCESSORS_ONLN", "4\n");
    check(on, "which ls nope", "/usr/bin/ls\n", 1);
  });

  it("sends signals", () => {
    const on = machine();
    check(on, "kill 5", "");
    check(on, "kill -9 5 6", "");
    check(on, "kill -s USR1 7", "");
    check(on, "kill -FOO 7", "", 1, "kill: invalid argument FOO\n");
    expect(on.signals).toEqual(["5 15", "5 9", "6 9", "7 10"]);
  });

  it("makes the same temporary names each time", () => {
    const first = machine().run(["mktemp", "-u"]).stdout;
    expect(first).toMatch(/^\/tmp\/tmp\.[A-Za-z0-9]{10}\n$/);
    const on = machine();
    expect(on.run(["mktemp"]).stdout).toBe(first);
    expect(on.run(["mktemp"]).stdout).not.toBe(first);
    expect(on.run(["mktemp", "-d", "dir.XXX"]).stdout).toMatch(/^dir\.[A-Za-z0-9]{3}\n$/);
    check(on, "mktemp foo", "", 1, "mktemp: too few X's in template 'foo'\n");
    expect(on.run(["shuf", "-i", "1-9"]).stdout).toBe(machine().run(["shuf", "-i", "1-9"]).stdout);
  });
});

describe("files", () => {
  it("follows links", () => {
    const on = machine();
    write(on, "/w/f", "text\n");
    check(on, "ln -s f l", "");
    check(on, "ln -s f l", "", 1, "ln: failed to create symbolic link 'l': File exists\n");
    check(on, "ln -sf g l", "");
    check(on, "readlink l", "g\n");
    check(on, "readlink -f l", "/w/g\n");
    check(on, "ln -sfn f l", "");
    check(on, "cat l", "text\n");
    check(on, "ls -F", "f\nl@\n");
    check(on, "stat -c %N l", "'l' -> 'f'\n");
    check(on, "realpath l", "/w/f\n");
    check(on, "cp -P l m", "");
    check(on, "readlink m", "f\n");
    check(on, "ln f h", "", 2, "ln: option 'hard links, without -s' is not modelled by ebb\n");
  });

  it("sums up pages", () => {
    const on = machine();
    write(on, "/w/d/a", "x".repeat(5000));
    write(on, "/w/d/e/b", "y");
    check(on, "du d", "4\td/e\n12\td\n");
    check(on, "du -sh d", "12K\td\n");
    check(on, "du -a d/e", "4\td/e/b\n4\td/e\n");
    check(on, "ls -s d", "total 8\n8 a\n0 e\n");
    check(on, "chmod 640 d/a", "");
    check(on, "stat -c '%a %A %s %b' d/a", "640 -rw-r----- 5000 16\n");
    check(on, "chmod u+x,g-r d/a", "");
    check(on, "stat -c %a d/a", "700\n");
  });

  it("removes directories that are busy with an errno", () => {
    const on = machine();
    check(on, "rmdir /dev", "", 1, "rmdir: failed to remove '/dev': Device or resource busy\n");
  });

  it("refuses pipes it cannot open", () => {
    const on = machine();
    check(on, "mkfifo p", "");
    check(on, "cat p", "", 1, "cat: p: Operation not supported\n");
  });

  it("walks for grep in the order of the directory", () => {
    const on = machine();
    write(on, "/w/d/a", "x\n");
    write(on, "/w/d/b", "x\n");
    check(on, "grep -r x", "d/a:x\nd/b:x\n");
    check(on, "grep -rl x d --include=b", "d/b\n");
  });
});

describe("pipes", () => {
  it("ends a writer nobody reads", () => {
    for (const line of ["yes", "seq 1000000000", "cat /dev/zero", "shuf -r -e a", "head -c 1G /dev/zero"]) {
      expect([line, machine(5000).run(splitWords(line)).status]).toEqual([line, 141]);
    }
  });

  it("says when a device is full", () => {
    const on = machine();
    check(on, "tee /dev/full", "x", 1, "tee: /dev/full: No space left on device\n", "x");
    check(on, "dd of=/dev/full status=none", "", 1, "dd: error writing '/dev/full': No space left on device\n", "x");
  });
});

describe("options", () => {
  it("refuses loudly what it does not model", () => {
    const on = machine();
    for (const [line, option] of [
      ["tail -f x", "-f"],
      ["grep -P x", "-P"],
      ["sort -R", "-R"],
      ["ls --color=always", "--color=always"],
      ["cp -i a b", "-i"],
      ["head --zero-terminated", "--zero-terminated"],
      ["date -s now", "-s"],
      ["column x", "no -t"],
      ["dd conv=ascii", "conv=ascii"],
      ["rm -i x", "-i"],
    ] as const) {
      const name = line.split(" ")[0];
      check(on, line, "", 2, `${name}: option '${option}' is not modelled by ebb\n`);
    }
    check(on, "find . -printf x", "", 2, "find: option '-printf' is not modelled by ebb\n");
    check(on, "sed 's/a/b/e'", "", 1, "sed: -e expression #1, char 7: the `e' option of `s' is not modelled by ebb\n");
  });
});
