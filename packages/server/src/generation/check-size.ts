import { lengthOf, type ModelManifest, type NamedLengths, namedLengths, sizeOfShape } from '@gantry/core'
import { RequestError } from '../http/request-error.ts'
import type { ServerLimits } from '../limits.ts'
import type { Arrays } from '../models/batch-queue.ts'

/** Of a pixel; what is no picture is counted as if it were one. */
const CHANNELS = 4

type Sized = Pick<ModelManifest, 'inputs' | 'outputs'>

/** Numbers that a request may take or make at most. */
export function mostNumbers({ pixels }: Pick<ServerLimits, 'pixels'>): number {
  return CHANNELS * pixels
}

type SampleSize = (asked: Arrays) => number

const known = new WeakMap<Sized, SampleSize>()

/** How many numbers the largest input or output of a sample has, for arrays that tell the lengths that are open. */
export function sampleSize(manifest: Sized): SampleSize {
  const size = known.get(manifest) ?? measured(manifest)
  known.set(manifest, size)
  return size
}

function measured({ inputs, outputs }: Sized): SampleSize {
  const shapes = [...Object.values(inputs), ...Object.values(outputs)].map(({ shape }) => shape)
  const largest = (lengths: NamedLengths) =>
    Math.max(0, ...shapes.map((shape) => sizeOfShape(shape.map((each) => lengthOf(each, lengths) ?? 1))))
  const isOpen = shapes.some((shape) => shape.some((each) => typeof each !== 'number'))
  const closed = largest({})
  return (asked) => (isOpen ? largest(namedLengths(inputs, asked)) : closed)
}

/**
 * Refuses to make more than the limit of pixels, before anything is drawn or copied for it.
 *
 * @param asked tells the lengths that are open
 * @throws RequestError `REQUEST_TOO_LARGE`
 */
export function checkSize(manifest: Sized, asked: Arrays, count: number, limits: Pick<ServerLimits, 'pixels'>): void {
  const numbers = sampleSize(manifest)(asked) * count
  const most = mostNumbers(limits)
  if (numbers <= most) return
  throw new RequestError({
    status: 413,
    code: 'REQUEST_TOO_LARGE',
    message: `The request makes or takes ${numbers} numbers, of at most ${most}.`,
    fix: 'Ask for fewer samples, or send a smaller image.',
  })
}
