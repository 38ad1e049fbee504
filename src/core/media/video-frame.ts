// Decoded pictures in recycled memory: a frame is borrowed, used, and given back by `using`.
import { assert } from "../../shared/failure/index.ts";
import type { FrameShape } from "./pixel-layout.ts";

/** One plane's samples, row after row without gaps; 16-bit little endian with the low bits used above 8 bit. */
export type Plane = {
  readonly samples: Uint8Array | Uint16Array;
  readonly widthPx: number;
  readonly heightPx: number;
};

/** Memory of one picture with views of its planes; made once, used for many frames. */
export type FrameBuffer = { readonly bytes: Uint8Array; readonly planes: readonly Plane[] };

export class FramePool {
  readonly shape: FrameShape;
  readonly #free: FrameBuffer[] = [];
  readonly #keepAtMost: number;

  constructor(shape: FrameShape, keepAtMost: number) {
    this.shape = shape;
    this.#keepAtMost = keepAtMost;
  }

  /** A free buffer, or a new one: a consumer that keeps frames gets memory for them instead of a deadlock. */
  take(): FrameBuffer {
    return this.#free.pop() ?? makeBuffer(this.shape);
  }

  giveBack(buffer: FrameBuffer): void {
    if (this.#free.length < this.#keepAtMost) this.#free.push(buffer);
  }
}

function makeBuffer(shape: FrameShape): FrameBuffer {
  const bytes = new Uint8Array(shape.frameBytes);
  const planes = shape.planes.map(({ widthPx, heightPx, offsetBytes }) => {
    const sampleCount = widthPx * heightPx;
    const samples =
      shape.bytesPerSample === 1
        ? new Uint8Array(bytes.buffer, offsetBytes, sampleCount)
        : new Uint16Array(bytes.buffer, offsetBytes, sampleCount);
    return { samples, widthPx, heightPx };
  });
  return { bytes, planes };
}

/** One decoded picture. Its memory is recycled when it is disposed; what must live longer is copied. */
export class VideoFrame implements Disposable {
  /** Place in the source, from 0. */
  readonly frameIndex: number;
  /** The source holds no such frame; this is a copy of its neighbour. */
  readonly isConcealed: boolean;
  readonly shape: FrameShape;
  readonly #pool: FramePool;
  #buffer: FrameBuffer | undefined;

  constructor(pool: FramePool, buffer: FrameBuffer, place: { frameIndex: number; isConcealed: boolean }) {
    this.shape = pool.shape;
    this.frameIndex = place.frameIndex;
    this.isConcealed = place.isConcealed;
    this.#pool = pool;
    this.#buffer = buffer;
  }

  /** The whole picture as one run of bytes, as ffmpeg's rawvideo lays it out. */
  get bytes(): Uint8Array {
    return this.#held().bytes;
  }

  /** Y, Cb, Cr and alpha; G, B, R and alpha; or one plane of packed RGB, three samples a pixel. */
  get planes(): readonly Plane[] {
    return this.#held().planes;
  }

  [Symbol.dispose](): void {
    if (this.#buffer) this.#pool.giveBack(this.#buffer);
    this.#buffer = undefined;
  }

  #held(): FrameBuffer {
    assert(this.#buffer !== undefined, "a disposed frame is not read");
    return this.#buffer;
  }
}
