import type { BoundField } from '@gantry/core'
import { abs, mean, type Scalar, square, sub, type Tensor } from '@tensorflow/tfjs-core'
import type { Network } from '../network.ts'
import type { BuildRequest } from '../variant-definition.ts'
import type { SuperResolutionOptions } from './super-resolution-options.ts'

/** Mean distances of two arrays of the same shape. */
export const distances = {
  squared: (left: Tensor, right: Tensor) => mean(square(sub(left, right))) as Scalar,
  absolute: (left: Tensor, right: Tensor) => mean(abs(sub(left, right))) as Scalar,
}

type Distance = (typeof distances)[keyof typeof distances]

/** What both stages are made of. */
export interface SuperResolutionParts {
  readonly name: string
  readonly options: SuperResolutionOptions
  /** Field of the large images. */
  readonly image: BoundField
  /** Makes one generator; all of a request have the same weights. */
  readonly network: () => Network
  readonly request: Pick<BuildRequest<unknown>, 'batchSize' | 'seed' | 'split' | 'weights'>
  readonly distance: Distance
  /** Whether features are compared after their activation. */
  readonly activated: boolean
}
