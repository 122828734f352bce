export { type ArrayDifference, type CompareOptions, compareArrays } from './array-difference.ts'
export type {
  Device,
  DeviceRequest,
  DrawFeed,
  EngineReport,
  InferenceBackend,
  InferenceSession,
  ModelSource,
  TrainingBackend,
  TrainingSession,
  WriteStateOptions,
} from './backend.ts'
export { counted } from './counted.ts'
export type { Batch, BatchOptions, Dataset, DatasetDescription, Shard } from './dataset.ts'
export { drawMissing, drawMissingInputs } from './draw-missing.ts'
export {
  ConfigurationError,
  DataError,
  type ExitCode,
  GantryError,
  type GantryErrorOptions,
  ModelFormatError,
  ShapeError,
  StorageError,
  TrainingError,
  UnsupportedError,
} from './errors.ts'
export {
  EVENTS_VERSION,
  isEvent,
  type Remedy,
  type RunEvent,
  type RunEventOf,
  upgradeEvent,
  type Verdict,
} from './events.ts'
export {
  type BoundField,
  batchedSpecs,
  drawnPort,
  type Field,
  type Fields,
  imageField,
  labelField,
  type Port,
  type Ports,
  pointsField,
  portOf,
} from './field.ts'
export { findNamed } from './find-named.ts'
export { findFunction, findPhase, rawFunction } from './find-part.ts'
export { inferenceDatatypes } from './inference-datatypes.ts'
export { describeProgress, MANIFEST_KEY, type ModelManifest, readManifest } from './manifest.ts'
export type {
  BuiltFrom,
  CompiledModel,
  CompiledProgram,
  Feed,
  FeedSource,
  GradientMemory,
  Learner,
  ModelFunction,
  Part,
  PartWeight,
  Phase,
  State,
  StateBinding,
  StateLayout,
  TensorProgram,
  TrainableModel,
} from './model.ts'
export {
  checkInputs,
  lengthOf,
  multiplesOf,
  type NamedLengths,
  namedLengths,
  scaledDimension,
} from './named-lengths.ts'
export {
  arrayClasses,
  bytesPerElement,
  type DType,
  dtypes,
  float32,
  joinRows,
  type NDArray,
  ndarray,
  rowsOf,
  sizeOfShape,
  type TypedArray,
  type TypedArrayOf,
} from './ndarray.ts'
export { nearest, suggestion } from './nearest.ts'
export { numbersToArray } from './numbers-to-array.ts'
export { parseNumber } from './parse-number.ts'
export { invertPermutation, permuteAxes } from './permute-axes.ts'
export { printable, printableLine } from './printable.ts'
export { type RandomState, RandomStream } from './random.ts'
export { applyTaps } from './resampling/apply-taps.ts'
export { pilBicubicTaps } from './resampling/pil-bicubic.ts'
export { resample } from './resampling/resample.ts'
export { type MakeTaps, type Taps, toMatrix } from './resampling/taps.ts'
export {
  decodeSafetensors,
  describeSafetensors,
  encodeSafetensors,
  type Safetensors,
  type SafetensorsEntry,
} from './safetensors.ts'
export { SerialQueue } from './serial-queue.ts'
export { SessionLifecycle } from './session-lifecycle.ts'
export { checkState, selectNames } from './state.ts'
export { gatherStrided, rowMajorStrides, type StridedRun, visitRuns } from './strided.ts'
export { checkFeeds, type Dimension, describeSpec, type NamedTensorSpec, type TensorSpec } from './tensor-spec.ts'
