/** CRC-32 as in zlib, gzip and PNG (polynomial 0xedb88320, reflected), eight bytes at a time. */

const POLYNOMIAL = 0xedb88320;
const TABLES = createTables();

/** Checksum of bytes [start, end), as an unsigned number. */
export function crc32(bytes: Uint8Array, start: number, end: number): number {
  const t = TABLES;
  let crc = -1;
  let at = start;
  for (const last = end - 7; at < last; at += 8) {
    const low = crc ^ word(bytes, at);
    const high = word(bytes, at + 4);
    crc =
      tableAt(t, 1792 + (low & 255)) ^
      tableAt(t, 1536 + ((low >>> 8) & 255)) ^
      tableAt(t, 1280 + ((low >>> 16) & 255)) ^
      tableAt(t, 1024 + (low >>> 24)) ^
      tableAt(t, 768 + (high & 255)) ^
      tableAt(t, 512 + ((high >>> 8) & 255)) ^
      tableAt(t, 256 + ((high >>> 16) & 255)) ^
      tableAt(t, high >>> 24);
  }
  for (; at < end; at++) crc = tableAt(t, (crc ^ (bytes[at] as number)) & 255) ^ (crc >>> 8);
  return ~crc >>> 0;
}

function word(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

function tableAt(tables: Int32Array, index: number): number {
  return tables[index] as number;
}

/** Eight tables of 256: what a byte does to the checksum when 0 to 7 more bytes follow it. */
function createTables(): Int32Array {
  const tables = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
    tables[byte] = crc;
  }
  for (let i = 256; i < tables.length; i++) {
    const before = tableAt(tables, i - 256);
    tables[i] = (before >>> 8) ^ tableAt(tables, before & 255);
  }
  return tables;
}
