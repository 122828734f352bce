import { lengthOf, type ModelManifest, namedLengths, sizeOfShape } from '@gantry/core'
import { RequestError } from '../http/request-error.ts'
import type { ServerLimits } from '../limits.ts'
import type { Arrays } from '../models/batch-queue.ts'

/** Of a pixel; what is no picture is counted as if it were one. */
const CHANNELS = 4

/**
 * Refuses to make more than the limit of pixels, before anything is drawn or copied for it.
 *
 * @param asked tells the lengths that are open
 * @throws RequestError `REQUEST_TOO_LARGE`
 */
export function checkSize(
  { inputs, outputs }: Pick<ModelManifest, 'inputs' | 'outputs'>,
  asked: Arrays,
  count: number,
  limits: Pick<ServerLimits, 'pixels'>,
): void {
  const lengths = namedLengths(inputs, asked)
  const sizes = [...Object.values(inputs), ...Object.values(outputs)].map(({ shape }) =>
    sizeOfShape(shape.map((each) => lengthOf(each, lengths) ?? 1)),
  )
  const numbers = Math.max(0, ...sizes) * count
  if (numbers <= CHANNELS * limits.pixels) return
  throw new RequestError({
    status: 413,
    code: 'REQUEST_TOO_LARGE',
    message: `The request makes or takes ${numbers} numbers, of at most ${CHANNELS * limits.pixels}.`,
    fix: 'Ask for fewer samples, or send a smaller image.',
  })
}
