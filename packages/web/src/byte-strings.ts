/** Between text and byte strings (one character a byte), which is what scripts and names are to the model. */

/** The text as UTF-8. */
export function toByteString(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let result = "";
  for (let from = 0; from < bytes.length; from += 4096) {
    result += String.fromCharCode(...bytes.subarray(from, from + 4096));
  }
  return result;
}

/** What a byte string says, read as UTF-8. */
export function fromByteString(bytes: string): string {
  return new TextDecoder().decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)));
}
