/** What a request may take at most. */
export interface ServerLimits {
  /** Of a request's body; sixteen such may be under way, and more small ones. */
  readonly bodyBytes: number
  /** Samples of a request. */
  readonly count: number
  /** Pixels of the images that one request sends in, and of those that it makes. */
  readonly pixels: number
  /** Pictures of an interpolation. */
  readonly frames: number
  /** Milliseconds until a request is given up. */
  readonly milliseconds: number
  /** Samples that a model makes in one go; more than 32 only where they take ten milliseconds at most. */
  readonly largestBatch: number
  /** Milliseconds that a batch which is not full waits behind one that is being made. */
  readonly longestWait: number
  /** Samples that wait for a model; more are refused with 429. */
  readonly queue: number
}

export const usualLimits: ServerLimits = {
  bodyBytes: 8 * 2 ** 20,
  count: 256,
  pixels: 2 ** 22,
  frames: 120,
  milliseconds: 30_000,
  largestBatch: 128,
  longestWait: 4,
  queue: 1024,
}
