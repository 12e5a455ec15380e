/** Named pipes: the pipe behind each FIFO node while somebody has it open. */

import type { Node } from "../vfs/node.ts";
import type { Running } from "./command.ts";
import { Pipe, PipeEnd } from "./open-file.ts";

export class FifoTable {
  readonly #pipes = new WeakMap<Node, Pipe>();

  /** Opens `node`; waits for the other side as open(2) does, unless it is opened for both. */
  *open(node: Node, ends: { readonly read: boolean; readonly write: boolean }): Running<PipeEnd> {
    const pipe = this.#pipeOf(node);
    const end = new PipeEnd(pipe, ends, node);
    const { nrReaderOpens, nrWriterOpens } = pipe;
    if (ends.read && !ends.write && pipe.nrWriters === 0) {
      yield { kind: "condition", holds: () => pipe.nrWriterOpens !== nrWriterOpens };
    } else if (ends.write && !ends.read && pipe.nrReaders === 0) {
      yield { kind: "condition", holds: () => pipe.nrReaderOpens !== nrReaderOpens };
    }
    return end;
  }

  #pipeOf(node: Node): Pipe {
    let pipe = this.#pipes.get(node);
    if (pipe === undefined || (pipe.nrReaders === 0 && pipe.nrWriters === 0)) {
      pipe = new Pipe();
      this.#pipes.set(node, pipe);
    }
    return pipe;
  }
}
