import { convolution, fork, pool, type Step } from '../network/steps.ts'

/** The layers whose means over space are features, in the order in which images pass them. */
export type InceptionFeature = '64' | '192' | '768' | '2048'

/** The part of the network up to a feature layer, from the one before. */
export interface InceptionStage {
  readonly feature: InceptionFeature
  readonly steps: readonly Step[]
}

const averagePool = pool('AveragePool', 3, { stride: 1, padding: 1 })
const shrink = pool('MaxPool', 3, { stride: 2 })

/** Grid 35 × 35 (Szegedy et al. 2016, figure 5): the 5 × 5 kernel of GoogLeNet beside two of 3 × 3. */
function mixed35(block: string, poolFilters: number): Step {
  return fork(
    [convolution(`${block}.branch1x1`, 64, 1)],
    [convolution(`${block}.branch5x5_1`, 48, 1), convolution(`${block}.branch5x5_2`, 64, 5)],
    [
      convolution(`${block}.branch3x3dbl_1`, 64, 1),
      convolution(`${block}.branch3x3dbl_2`, 96, 3),
      convolution(`${block}.branch3x3dbl_3`, 96, 3),
    ],
    [averagePool, convolution(`${block}.branch_pool`, poolFilters, 1)],
  )
}

/** Grid 17 × 17 (figure 6): 7 × 7 as 1 × 7 and 7 × 1. */
function mixed17(block: string, filters: number): Step {
  return fork(
    [convolution(`${block}.branch1x1`, 192, 1)],
    [
      convolution(`${block}.branch7x7_1`, filters, 1),
      convolution(`${block}.branch7x7_2`, filters, [1, 7]),
      convolution(`${block}.branch7x7_3`, 192, [7, 1]),
    ],
    [
      convolution(`${block}.branch7x7dbl_1`, filters, 1),
      convolution(`${block}.branch7x7dbl_2`, filters, [7, 1]),
      convolution(`${block}.branch7x7dbl_3`, filters, [1, 7]),
      convolution(`${block}.branch7x7dbl_4`, filters, [7, 1]),
      convolution(`${block}.branch7x7dbl_5`, 192, [1, 7]),
    ],
    [averagePool, convolution(`${block}.branch_pool`, 192, 1)],
  )
}

/** Grid 8 × 8 (figure 7): 3 × 3 as 1 × 3 beside 3 × 1. */
function mixed8(block: string, pooling: Step): Step {
  return fork(
    [convolution(`${block}.branch1x1`, 320, 1)],
    [
      convolution(`${block}.branch3x3_1`, 384, 1),
      fork([convolution(`${block}.branch3x3_2a`, 384, [1, 3])], [convolution(`${block}.branch3x3_2b`, 384, [3, 1])]),
    ],
    [
      convolution(`${block}.branch3x3dbl_1`, 448, 1),
      convolution(`${block}.branch3x3dbl_2`, 384, 3),
      fork(
        [convolution(`${block}.branch3x3dbl_3a`, 384, [1, 3])],
        [convolution(`${block}.branch3x3dbl_3b`, 384, [3, 1])],
      ),
    ],
    [pooling, convolution(`${block}.branch_pool`, 192, 1)],
  )
}

/** 35 × 35 → 17 × 17 (figure 10). */
const reduction35 = fork(
  [convolution('Mixed_6a.branch3x3', 384, 3, { stride: 2, padding: 0 })],
  [
    convolution('Mixed_6a.branch3x3dbl_1', 64, 1),
    convolution('Mixed_6a.branch3x3dbl_2', 96, 3),
    convolution('Mixed_6a.branch3x3dbl_3', 96, 3, { stride: 2, padding: 0 }),
  ],
  [shrink],
)

/** 17 × 17 → 8 × 8. */
const reduction17 = fork(
  [convolution('Mixed_7a.branch3x3_1', 192, 1), convolution('Mixed_7a.branch3x3_2', 320, 3, { stride: 2, padding: 0 })],
  [
    convolution('Mixed_7a.branch7x7x3_1', 192, 1),
    convolution('Mixed_7a.branch7x7x3_2', 192, [1, 7]),
    convolution('Mixed_7a.branch7x7x3_3', 192, [7, 1]),
    convolution('Mixed_7a.branch7x7x3_4', 192, 3, { stride: 2, padding: 0 }),
  ],
  [shrink],
)

/**
 * Inception-v3 (Szegedy et al., Rethinking the Inception Architecture for Computer Vision, CVPR 2016) as in the TensorFlow
 * graph of 2015-12-05, by which FID is defined (Heusel et al. 2017).
 *
 * It differs from later ones: averages leave the border out, and the last block takes maxima (a slip in that graph that
 * everybody keeps).
 */
export const inceptionStages: readonly InceptionStage[] = [
  {
    feature: '64',
    steps: [
      convolution('Conv2d_1a_3x3', 32, 3, { stride: 2, padding: 0 }),
      convolution('Conv2d_2a_3x3', 32, 3, { padding: 0 }),
      convolution('Conv2d_2b_3x3', 64, 3),
      shrink,
    ],
  },
  {
    feature: '192',
    steps: [convolution('Conv2d_3b_1x1', 80, 1), convolution('Conv2d_4a_3x3', 192, 3, { padding: 0 }), shrink],
  },
  {
    feature: '768',
    steps: [
      mixed35('Mixed_5b', 32),
      mixed35('Mixed_5c', 64),
      mixed35('Mixed_5d', 64),
      reduction35,
      mixed17('Mixed_6b', 128),
      mixed17('Mixed_6c', 160),
      mixed17('Mixed_6d', 160),
      mixed17('Mixed_6e', 192),
    ],
  },
  {
    feature: '2048',
    steps: [
      reduction17,
      mixed8('Mixed_7b', averagePool),
      mixed8('Mixed_7c', pool('MaxPool', 3, { stride: 1, padding: 1 })),
    ],
  },
]

/** Side of the square images that the network takes. */
export const INCEPTION_SIZE = 299
/** Classes of ImageNet, and eight that were never used. */
export const INCEPTION_CLASSES = 1008
export const BATCH_NORMALIZATION_EPSILON = 0.001
