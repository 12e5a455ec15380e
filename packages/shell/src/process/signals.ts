/** Signal numbers, their names and what each does to a process that has not said otherwise (x86 Linux). */

const NAMES: readonly string[] =
  "EXIT HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS".split(
    " ",
  );

export const SIGINT = 2;
export const SIGQUIT = 3;
export const SIGKILL = 9;
export const SIGPIPE = 13;
const SIGALRM = 14;
export const SIGTERM = 15;
const SIGCHLD = 17;
export const SIGCONT = 18;
export const SIGSTOP = 19;
const SIGTTOU = 22;
const SIGURG = 23;
const SIGWINCH = 28;

type DefaultAction = "terminate" | "ignore" | "stop" | "continue";

/** What a signal does to a process that neither catches nor ignores it. */
export function defaultAction(signal: number): DefaultAction {
  if (signal === SIGCHLD || signal === SIGURG || signal === SIGWINCH) return "ignore";
  if (signal === SIGCONT) return "continue";
  if (signal >= SIGSTOP && signal <= SIGTTOU) return "stop";
  return "terminate";
}

/** Name without "SIG"; undefined when there is no such signal. */
export function signalName(signal: number): string | undefined {
  return NAMES[signal];
}

/** Number of "TERM", "SIGTERM", "term" or "15"; undefined when there is no such signal. */
export function signalNumber(name: string): number | undefined {
  if (name !== "" && name.length <= 3 && !Number.isNaN(Number(name))) {
    const number = Number(name);
    return Number.isInteger(number) && number >= 0 && number < 65 ? number : undefined;
  }
  const upper = name.toUpperCase();
  const found = NAMES.indexOf(upper.startsWith("SIG") ? upper.slice(3) : upper);
  return found < 0 ? undefined : found;
}

/** Text the shell prints when a child dies of it, e.g. "Terminated"; undefined for silent ones (INT, PIPE). */
export function signalDescription(signal: number): string | undefined {
  switch (signal) {
    case 1:
      return "Hangup";
    case SIGQUIT:
      return "Quit";
    case 6:
      return "Aborted";
    case SIGKILL:
      return "Killed";
    case 10:
      return "User defined signal 1";
    case 11:
      return "Segmentation fault";
    case 12:
      return "User defined signal 2";
    case SIGALRM:
      return "Alarm clock";
    case SIGTERM:
      return "Terminated";
    default:
      return undefined;
  }
}
