/** A random key (128 bits, hex). `crypto.randomUUID` is missing on plain http addresses, where a home server often is. */
export function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
