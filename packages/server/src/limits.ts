/** What a request may take at most. */
export interface ServerLimits {
  /** Of a request's body. */
  readonly bodyBytes: number
  /** Samples of a request. */
  readonly count: number
  /** Pixels of an image that is sent in, and of all images that one request makes. */
  readonly pixels: number
  /** Pictures of an interpolation. */
  readonly frames: number
  /** Milliseconds until a request is given up. */
  readonly milliseconds: number
  /** Samples that a model makes in one go. */
  readonly largestBatch: number
  /** Milliseconds that a batch which is not full waits behind one that is being made. */
  readonly longestWait: number
  /** Samples that wait for a model; more are refused with 429. */
  readonly queue: number
}

export const usualLimits: ServerLimits = {
  bodyBytes: 16 * 2 ** 20,
  count: 256,
  pixels: 2 ** 24,
  frames: 120,
  milliseconds: 30_000,
  largestBatch: 32,
  longestWait: 4,
  queue: 1024,
}
