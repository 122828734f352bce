import { arithmeticEvaluations } from './arithmetic.ts'
import { creationEvaluations } from './creation.ts'
import type { Evaluation } from './evaluation.ts'
import { layoutEvaluations } from './layout.ts'
import { logicEvaluations } from './logic.ts'
import { pieceEvaluations } from './pieces.ts'
import { productEvaluations } from './products.ts'
import { reductionEvaluations } from './reduction.ts'

/** The operators that can be computed ahead of time, by name. */
export const evaluations: ReadonlyMap<string, Evaluation> = new Map(
  Object.entries({
    ...arithmeticEvaluations,
    ...creationEvaluations,
    ...layoutEvaluations,
    ...logicEvaluations,
    ...pieceEvaluations,
    ...productEvaluations,
    ...reductionEvaluations,
  }),
)
