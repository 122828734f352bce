import { convolution } from './convolution.ts'
import { creation } from './creation.ts'
import { elementwise } from './elementwise.ts'
import { indexing } from './indexing.ts'
import { linearAlgebra } from './linear-algebra.ts'
import { movement } from './movement.ts'
import type { Inference } from './node-context.ts'
import { normalization } from './normalization.ts'
import { pooling } from './pooling.ts'
import { recurrence } from './recurrent.ts'
import { reduction } from './reduction.ts'
import { resizing } from './resize.ts'
import { slicing } from './slicing.ts'

/** The operators whose outputs can be inferred, by name. */
export const inferences: ReadonlyMap<string, Inference> = new Map(
  Object.entries({
    ...convolution,
    ...creation,
    ...elementwise,
    ...indexing,
    ...linearAlgebra,
    ...movement,
    ...normalization,
    ...pooling,
    ...recurrence,
    ...reduction,
    ...resizing,
    ...slicing,
  }),
)
