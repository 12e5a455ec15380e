/** The event file of ebb, both ways. */

export { EbbReader } from "./ebb-reader.ts";
export { EbbWriter } from "./ebb-writer.ts";
