import { elementwiseChanges } from './elementwise.ts'
import { listChanges } from './lists.ts'
import { structureChanges } from './structure.ts'
import type { Change } from './upgrade.ts'

/** Operators whose meaning changed before the working set, with the first set of the new meaning. */
export const changes: ReadonlyMap<string, Change> = new Map(
  Object.entries({ ...elementwiseChanges, ...listChanges, ...structureChanges }),
)

/**
 * Operators of opset 1 to 17 that always meant what they mean in 17: later versions only take more dtypes, or inputs and
 * attributes whose defaults say what was meant before. Experimental operators of the first sets are in neither list.
 */
export const lasting: ReadonlySet<string> = new Set(
  `
  Abs Acos Acosh ArgMax ArgMin Asin Asinh Atan Atanh AveragePool Bernoulli BitShift BlackmanWindow CastLike Ceil
  Celu Compress ConcatFromSequence Constant ConstantOfShape Conv ConvInteger ConvTranspose Cos Cosh CumSum DFT
  DepthToSpace DequantizeLinear Det DynamicQuantizeLinear Einsum Elu Erf Exp Expand EyeLike Flatten Floor Gather
  GatherElements GatherND GlobalAveragePool GlobalMaxPool GreaterOrEqual GridSample HammingWindow HannWindow
  HardSigmoid HardSwish Identity If InstanceNormalization IsInf IsNaN LRN LayerNormalization LeakyRelu
  LessOrEqual Log Loop LpNormalization MatMul MatMulInteger Max MaxPool MaxRoiPool MaxUnpool Mean
  MeanVarianceNormalization MelWeightMatrix Min Mod Multinomial Neg NegativeLogLikelihoodLoss NonMaxSuppression
  NonZero Not OneHot Optional OptionalGetElement OptionalHasElement QLinearConv QLinearMatMul QuantizeLinear
  RandomNormal RandomNormalLike RandomUniform RandomUniformLike Range Reciprocal ReduceL1 ReduceL2 ReduceLogSum
  ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSumSquare Relu ReverseSequence Round STFT
  ScatterElements ScatterND SequenceAt SequenceConstruct SequenceEmpty SequenceErase SequenceInsert
  SequenceLength SequenceMap Shape Shrink Sigmoid Sign Sin Sinh Size SoftmaxCrossEntropyLoss Softplus Softsign
  SpaceToDepth SplitToSequence Sqrt StringNormalizer Sum Tan Tanh TfIdfVectorizer ThresholdedRelu Transpose
  Trilu Unique Where
  `.match(/\w+/g),
)
