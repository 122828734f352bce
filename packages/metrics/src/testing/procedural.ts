import { createHash } from 'node:crypto'
import { ndarray } from '@gantry/core'
import type { FeatureMatrix, ImageBatch } from '../features.ts'

// Inputs of the reference values in goldens/: made from integer hashes, so that Python and JavaScript agree bit for bit.

const GOLDEN_RATIO = 0x9e3779b9

export function mix(word: number): number {
  let mixed = word
  mixed ^= mixed >>> 16
  mixed = Math.imul(mixed, 0x7feb352d)
  mixed ^= mixed >>> 15
  mixed = Math.imul(mixed, 0x846ca68b)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

/** `h(s, i)`: 32 bits. */
export function hashAt(seed: number, index: number): number {
  return mix((mix(seed) + Math.imul(index, GOLDEN_RATIO)) >>> 0)
}

/** `g(s, i)`: about normal with deviation 1.33, and exact in few bits. */
export function gaussianAt(seed: number, index: number): number {
  const word = hashAt(seed, index)
  return ((word >>> 24) + ((word >>> 16) & 255) + ((word >>> 8) & 255) + (word & 255) - 510) / 128
}

/** `U(s, i)`: uniform in [-1, 1). */
export function uniformAt(seed: number, index: number): number {
  return (hashAt(seed, index) >>> 8) / 8388608 - 1
}

/** A feature matrix as the reference file describes it. */
export interface FeatureRecipe {
  readonly kind: string
  readonly seed: number
  readonly N: number
  readonly D: number
  readonly shift?: number
  readonly period?: number
  readonly drop?: number
  readonly levels?: number
}

export function proceduralFeatures(recipe: FeatureRecipe): FeatureMatrix & { readonly data: Float64Array } {
  const { kind, seed, N, D, shift = 0, period = 5, drop = 0, levels = 1 } = recipe
  const data = new Float64Array(N * D)
  for (let row = 0; row < N; row++) {
    for (let column = 0; column < D; column++) {
      const index = row * D + column
      const offset = (shift * ((column % 7) - 3)) / 8
      const wave = () =>
        2 ** -(column % period) * (gaussianAt(seed, index) + 0.5 * gaussianAt(seed, row * D + ((column + 1) % D))) +
        offset
      let value: number
      if (kind === 'feat') value = wave()
      else if (kind === 'relu') value = Math.max(wave() - (column % 4 === 0 ? drop : 0), 0)
      else if (kind === 'const') value = offset
      else if (kind === 'lattice') value = hashAt(seed, index) % levels
      else throw new Error(`no features of kind '${kind}'`)
      // The recorded hashes know no negative zero.
      data[index] = value === 0 ? 0 : value
    }
  }
  return { rows: N, columns: D, data }
}

/** The same features as the network would hand them over. */
export function asFloat32(features: FeatureMatrix): FeatureMatrix {
  return { ...features, data: Float32Array.from(features.data) }
}

/** A batch of images as the reference file describes it. */
export interface ImageRecipe {
  readonly seed: number
  readonly N: number
  readonly H: number
  readonly W: number
  readonly C: number
  readonly smooth?: boolean
}

export function proceduralImages({ seed, N, H, W, C, smooth = false }: ImageRecipe): ImageBatch {
  const data = new Uint8Array(N * H * W * C)
  let state = seed
  for (let index = 0; index < data.length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    data[index] = state >>> 24
    if (!smooth) continue
    const channel = index % C
    const x = Math.floor(index / C) % W
    const y = Math.floor(index / (C * W)) % H
    const image = Math.floor(index / (C * W * H))
    const checker = (Math.floor(y / 8) + Math.floor(x / 8) + channel) % 2
    const base = (y * (image + 1) * 5 + x * (3 + 2 * channel) + image * 60 + checker * (40 + 30 * image)) % 256
    data[index] = Math.floor((base * 3 + (state >>> 24)) / 4)
  }
  return ndarray('uint8', [N, H, W, C], data)
}

/** First 16 hexadecimal digits of the SHA-256 of the bytes, as the reference file records inputs. */
export function shortHash(data: Float64Array | Float32Array | Uint8Array): string {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16)
}
