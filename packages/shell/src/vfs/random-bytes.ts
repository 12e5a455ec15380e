/**
 * The byte stream behind /dev/random and /dev/urandom: unpredictable to scripts, the same for the same seed. The
 * generator is sfc32 (Chris Doty-Humphrey, PractRand), all state in four 32-bit words.
 */

const NR_WARM_UP_STEPS = 16;
/** String.fromCharCode takes its characters as arguments; this many are safe on every engine. */
const PIECE_BYTES = 1024;

export class RandomBytes {
  readonly #words = new Uint32Array(4);
  readonly #piece = new Uint8Array(PIECE_BYTES);

  /** @param seed a safe integer */
  constructor(seed: number) {
    this.#words[0] = seed % 0x100000000;
    this.#words[1] = Math.floor(seed / 0x100000000);
    this.#words[3] = 1;
    for (let step = 0; step < NR_WARM_UP_STEPS; step++) this.#nextWord();
  }

  next(nrBytes: number): string {
    let bytes = "";
    while (bytes.length < nrBytes) {
      const piece = this.#piece.subarray(0, Math.min(PIECE_BYTES, nrBytes - bytes.length));
      let word = 0;
      for (let i = 0; i < piece.length; i++) {
        word = i % 4 === 0 ? this.#nextWord() : word >>> 8;
        piece[i] = word & 0xff;
      }
      bytes += String.fromCharCode(...piece);
    }
    return bytes;
  }

  #nextWord(): number {
    const [a = 0, b = 0, c = 0, counter = 0] = this.#words;
    const word = (a + b + counter) >>> 0;
    this.#words[0] = b ^ (b >>> 9);
    this.#words[1] = c + (c << 3);
    this.#words[2] = ((c << 21) | (c >>> 11)) + word;
    this.#words[3] = counter + 1;
    return word;
  }
}
