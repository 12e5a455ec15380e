/** A machine seen through another: what a subclass does not answer itself is asked of that one. */

import type { TaskHost } from "./command.ts";

export class DelegatedHost implements TaskHost {
  protected readonly host: TaskHost;
  readonly bootEpochSeconds: number;
  readonly nrCpus: number;
  readonly hostName: string;
  readonly kernelRelease: string;
  readonly execNs: number;
  readonly callNs: number;

  constructor(host: TaskHost) {
    this.host = host;
    this.bootEpochSeconds = host.bootEpochSeconds;
    this.nrCpus = host.nrCpus;
    this.hostName = host.hostName;
    this.kernelRelease = host.kernelRelease;
    this.execNs = host.execNs;
    this.callNs = host.callNs;
  }

  nowNs(): number {
    return this.host.nowNs();
  }

  advanceTo(timeNs: number): void {
    this.host.advanceTo(timeNs);
  }

  fork(parentPid: number): ReturnType<TaskHost["fork"]> {
    return this.host.fork(parentPid);
  }

  exec(pid: number, program: string): void {
    this.host.exec(pid, program);
  }

  returnFromCall(pid: number): void {
    this.host.returnFromCall(pid);
  }

  cpusOf(pid: number): ReturnType<TaskHost["cpusOf"]> {
    return this.host.cpusOf(pid);
  }

  setCpus(pid: number, from: number, end: number): ReturnType<TaskHost["setCpus"]> {
    return this.host.setCpus(pid, from, end);
  }

  exit(pid: number): void {
    this.host.exit(pid);
  }
}
