import { convolutionCases } from './cases-convolution.ts'
import { arithmeticCases, elementwiseCases } from './cases-elementwise.ts'
import { imageCases } from './cases-images.ts'
import { indexingCases, linearAlgebraCases } from './cases-indexing.ts'
import { movementCases } from './cases-movement.ts'
import { reductionCases } from './cases-reductions.ts'
import type { GradientCase } from './gradient-case.ts'

/** Every operation whose derivatives are compared, by family. */
export const gradientFamilies: Readonly<Record<string, readonly GradientCase[]>> = {
  'functions of one number': elementwiseCases,
  arithmetic: arithmeticCases,
  'reductions, scans and softmax': reductionCases,
  'movement and cuts': movementCases,
  indices: indexingCases,
  'linear algebra': linearAlgebraCases,
  convolutions: convolutionCases,
  'pooling, resizing, normalization': imageCases,
}
