export { type Baseline, baselines, enlargeBicubic } from './baselines/baselines.ts'
export { classifierMnist } from './classifier/classifier-mnist.ts'
export {
  checkMetrics,
  checkNeighboursOf,
  defaultMetrics,
  extractorNeeded,
  findMetrics,
  statisticsSuffice,
} from './evaluation/choose-metrics.ts'
export { type ClassifiedFeatures, type ClassRow, classTable } from './evaluation/class-table.ts'
export { type Evaluation, evaluate, sharedProtocol } from './evaluation/evaluate.ts'
export type {
  EvaluatedSamples,
  EvaluationRequest,
  MetricOutcome,
  MetricValue,
} from './evaluation/evaluated-samples.ts'
export type { MetricDefinition } from './evaluation/metric-definition.ts'
export { metrics } from './evaluation/metrics/registry.ts'
export { quantiseImages } from './evaluation/quantise.ts'
export { imagesAlone } from './evaluation/views/image.ts'
export { coordinates } from './evaluation/views/points.ts'
export { findView, needsExtractor, views } from './evaluation/views/registry.ts'
export type { EvaluationSources, View } from './evaluation/views/view.ts'
export type { ExtractionProtocol, FeatureExtractor } from './extractor.ts'
export {
  type ExtractionOptions,
  extractFeatures,
  forEachFeatures,
  type OnFeatures,
  stackRows,
} from './extractors/extract-features.ts'
export type { ImageResizer } from './extractors/image-input.ts'
export { createInceptionFid, type InceptionOptions } from './extractors/inception/inception-fid.ts'
export { createOnnxExtractor, type OnnxExtractorOptions } from './extractors/onnx-model/onnx-model.ts'
export { createPixels, type PixelsOptions } from './extractors/pixels.ts'
export { createRandomConvolutions } from './extractors/random-convolutions.ts'
export { checkFeatures, checkSameWidth, type FeatureMatrix, type ImageBatch } from './features.ts'
export { decodeNpy } from './formats/npy.ts'
export { areaUnderCurve } from './labelled/area-under-curve.ts'
export {
  type AccuracyRequest,
  type ClassifierAccuracy,
  classifierAccuracy,
  type Labelled,
  linearClassifierAccuracy,
  type TrainClassifier,
} from './labelled/classifier-accuracy.ts'
export { type LabelAccuracy, labelAccuracy } from './labelled/label-accuracy.ts'
export type { RegressionOptions } from './labelled/logistic-regression.ts'
export { createBackendProducts, localProducts, type MatrixProducts } from './linear-algebra/products.ts'
export { type TraceOfRootOptions, traceOfRoot } from './linear-algebra/trace-of-root.ts'
export { type FeatureMap, perceptualDistance } from './lpips/formula.ts'
export type { PerceptualNetwork } from './lpips/networks.ts'
export {
  createPerceptualDistance,
  createRandomDistance,
  type PairDistances,
  type PerceptualDistance,
} from './lpips/perceptual-distance.ts'
export { type BootstrapOptions, bootstrapInterval } from './metrics/bootstrap.ts'
export {
  type FeatureDistanceOptions,
  type FrechetDistance,
  frechetDistance,
  frechetDistanceOfFeatures,
} from './metrics/frechet-distance.ts'
export {
  type FrechetInfinity,
  type FrechetInfinityOptions,
  frechetDistanceInfinity,
} from './metrics/frechet-infinity.ts'
export {
  type InceptionScore,
  type InceptionScoreConvention,
  type InceptionScoreOptions,
  inceptionScore,
} from './metrics/inception-score.ts'
export {
  type DiscrepancyEstimator,
  type KernelDistance,
  type KernelDistanceOptions,
  type KernelOptions,
  kernelDistance,
  maximumMeanDiscrepancy,
} from './metrics/kernel-distance.ts'
export type { Kernel } from './metrics/kernel-sums.ts'
export {
  type PrecisionRecall,
  type PrecisionRecallConvention,
  type PrecisionRecallOptions,
  precisionRecall,
} from './metrics/precision-recall.ts'
export { type ClassModes, countClassModes, predictedClasses, stackLabels } from './modes/class-modes.ts'
export { imageChannel } from './modes/image-channel.ts'
export { countMixtureModes, type Mixture, type MixtureModes } from './modes/mixture-modes.ts'
export { type Memorisation, memorisation } from './neighbours/memorisation.ts'
export { type NeighbourOptions, type Neighbours, nearestNeighbours } from './neighbours/nearest-neighbours.ts'
export { interpolations } from './perceptual/interpolation.ts'
export { type MsSsimOptions, msSsim } from './perceptual/ms-ssim.ts'
export { type PairwiseSimilarity, pairwiseMsSsim } from './perceptual/pairwise-ms-ssim.ts'
export { type PathLength, type PathLengthOptions, perceptualPathLength } from './perceptual/path-length.ts'
export { meanAbsoluteError, peakSignalToNoise } from './perceptual/pixel-distances.ts'
export { type SsimOptions, structuralSimilarity } from './perceptual/ssim.ts'
export { compareScores, type ProtocolDifference, protocolDifferences, type ScoreComparison } from './protocol.ts'
export { NumpyRandomState } from './random/numpy-random.ts'
export { type Resizer, resizeImages } from './resize/resize-images.ts'
export { resizePilUint8 } from './resize/resize-pil-uint8.ts'
export type { Progress, Score, ScoreProtocol } from './score.ts'
export { GaussianAccumulator, type GaussianSums, gaussianStatistics } from './statistics/gaussian-accumulator.ts'
export type { GaussianStatistics } from './statistics/gaussian-statistics.ts'
export {
  decodeStatistics,
  encodeStatistics,
  type StatisticsFormat,
  type StoredStatistics,
} from './statistics/statistics-file.ts'
export { metricsVersion } from './version.ts'
export { type PyramidDistance, pyramidWasserstein } from './wasserstein/pyramid-distance.ts'
export { type SlicedOptions, slicedWasserstein } from './wasserstein/sliced-wasserstein.ts'
export { sha256 } from './weights/hash-weights.ts'
export { type KnownWeights, knownWeights, type WeightsFile, type WeightsName } from './weights/known-weights.ts'
export {
  isNetworkPickle,
  type NetworkPickle,
  type PickledNetwork,
  readNetworkPickle,
} from './weights/network-pickle.ts'
export { readWeights } from './weights/read-weights.ts'
export { type NetworkWeights, weightsFor } from './weights/weights-for.ts'
export type { Work } from './work.ts'
