import type { TypedArray } from '@gantry/core'
import type { SampleSource } from '../sample-source.ts'
import { canny, type EdgeOptions, type Plane } from './canny.ts'

/** The name of the field of edges. */
export const EDGES = 'edges'

const [INK, PAPER] = [-1, 1]

/** Samples with a picture of the edges of one of their images, as it is given: cropped and mirrored like it. */
export function edgesSource(whole: SampleSource, image: string, options: EdgeOptions): SampleSource {
  const field = whole.fields[image]!
  return {
    ...whole,
    fields: { [EDGES]: field, ...whole.fields },
    async read(index, targets, random) {
      await whole.read(index, targets, random)
      drawEdges(targets[image]!, field.shape as Sides, { options, target: targets[EDGES]! })
    },
    async *identity() {
      yield `${EDGES} ${image}`
      yield* whole.identity()
    },
  }
}

type Sides = readonly [height: number, width: number, channels: number]

function drawEdges(
  pixels: TypedArray,
  sides: Sides,
  { options, target }: { readonly options: EdgeOptions; readonly target: TypedArray },
): void {
  const edges = canny(lumaOf(pixels as Float32Array, sides), options)
  const [, , channels] = sides
  for (const [pixel, isEdge] of edges.entries()) {
    ;(target as Float32Array).fill(isEdge ? INK : PAPER, pixel * channels, (pixel + 1) * channels)
  }
}

/** Luma of ITU-R BT.601, from 0 for black to 1 for white. */
function lumaOf(pixels: Float32Array, [height, width, channels]: Sides): Plane {
  const values = new Float64Array(height * width)
  for (let pixel = 0; pixel < values.length; pixel++) {
    const at = pixel * channels
    const grey = channels === 1 ? pixels[at]! : 0.299 * pixels[at]! + 0.587 * pixels[at + 1]! + 0.114 * pixels[at + 2]!
    values[pixel] = (grey + 1) / 2
  }
  return { values, width, height }
}
