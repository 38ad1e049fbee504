// Gives the memory of a pipe's chunk back at once instead of whenever the collector comes by.

/**
 * Ends the life of a chunk whose bytes have been used; reading it afterwards finds nothing. Node reads a pipe into 64 KiB of
 * new memory each time, outside the collector's heap, and lets up to 64 MiB of it lie before it collects: a film then needs
 * more memory than a clip. A chunk that shares its memory, as small ones may, is left to the collector.
 */
export function releaseChunk(chunk: Buffer): void {
  const memory = chunk.buffer;
  if (memory instanceof ArrayBuffer && memory.byteLength === chunk.byteLength) memory.transfer(0);
}
