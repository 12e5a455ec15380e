/**
 * A program in namespaces of its own: the machine's files bound over the host's, its processes known by numbers of their
 * own. Outside nothing changes, and all ends with us:
 *
 *     ebb --- taskset = setpriv (ends with ebb) = unshare --mount = sh: mounts = unshare --pid --- sh: binds --- PROGRAM
 *
 * Each "=" is one process that goes on as another program. When ebb ends, by whatever, the kernel ends its child, the
 * process namespace goes with that, and the mount namespace with its last process.
 */

import { type ChildProcess, spawn } from "node:child_process";

interface NamespaceRequest {
  /** A descriptor of /dev/fuse that nobody has mounted yet. */
  readonly fuseFd: number;
  readonly program: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Commands to bind shims over. */
  readonly shims: readonly string[];
  /** /tmp is the machine's too. */
  readonly withTmp: boolean;
  /** There is an index of the dynamic loader to bind. */
  readonly withLoaderIndex: boolean;
  /** CPU of this host that it stays on; undefined for any. */
  readonly cpu: number | undefined;
  /** Standard output of the program: ours, or a pipe to us. */
  readonly stdout: "inherit" | "pipe";
}

/** The pid that the program has in its namespace: the first after boot in the machine too. */
const FIRST_PID = 1000;
const STDERR = 2;
/** Processes that are made between the setting of that number and the program. */
const NR_BETWEEN = 1;

/** What goes wrong is said on a pipe to ebb; 4 is where errors of the program go. Nobody but ebb keeps 3, the file system. */
const OUTER = `set -e
mount -i -t fuse.ebb -o fd=3,rootmode=40755,user_id=0,group_id=0,allow_other ebb /mnt
exec 3>&-
exec unshare --pid --fork --kill-child=KILL -- /bin/sh -c "$EBB_INNER" ebb "$@"
`;

const INNER = `set -e
mount -i -t proc -o nosuid,nodev,noexec proc /mnt/proc/.kernel
bind() { mount -i --rbind "$1" "$2"; }
for name in $EBB_SHIMS; do
  path=$(command -v -- "$name") || continue
  path=$(readlink -f -- "$path") || continue
  if [ "\${path##*/}" = "$name" ]; then bind "/mnt/proc/.ebb/bin/$name" "$path"; fi
done
if [ -n "$EBB_LOADER" ]; then bind /mnt/proc/.ebb/loader-index /etc/ld.so.cache; fi
if [ -n "$EBB_TMP" ]; then bind /mnt/tmp /tmp; fi
bind /mnt/sys /sys
bind /mnt/proc /proc
mountpoint=$(readlink -f -- "$(command -v mount)")
bind /mnt/mnt /mnt
cd "$EBB_CWD" 2>/dev/null || cd /
if [ -w /proc/.kernel/sys/kernel/ns_last_pid ]; then
  echo ${FIRST_PID - NR_BETWEEN - 2} > /proc/.kernel/sys/kernel/ns_last_pid
fi
mount -i -o remount,ro,nosuid,nodev,noexec /proc/.kernel
mount -i --bind /proc/.ebb/bin/mount "$mountpoint"
unset EBB_INNER EBB_SHIMS EBB_LOADER EBB_TMP EBB_CWD
set +e
( exec 2>&4 4>&-; : > /proc/.ebb/begin; exec "$@" )
exit $?
`;

/** Starts it; what goes wrong before the program begins is text on the child's standard error. */
export function startInNamespace(request: NamespaceRequest): ChildProcess {
  const environment = {
    ...request.environment,
    EBB_INNER: INNER,
    EBB_SHIMS: request.shims.filter((name) => name !== "mount").join(" "),
    EBB_LOADER: request.withLoaderIndex ? "1" : "",
    EBB_TMP: request.withTmp ? "1" : "",
    EBB_CWD: process.cwd(),
  };
  const unshare = ["unshare", "--mount", "--propagation", "private", "--", "/bin/sh", "-c", OUTER, "ebb"];
  const words = ["setpriv", "--pdeathsig", "KILL", "--", ...unshare, ...request.program];
  const [name = "", ...args] = request.cpu === undefined ? words : ["taskset", "-c", String(request.cpu), ...words];
  return spawn(name, args, {
    env: environment,
    stdio: ["inherit", request.stdout, "pipe", request.fuseFd, STDERR],
  });
}
