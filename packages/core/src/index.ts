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
} from './backend.ts'
export type { Batch, BatchOptions, Dataset, DatasetDescription } from './dataset.ts'
export { drawMissing } from './draw-missing.ts'
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
export type { RunEvent, RunEventOf } from './events.ts'
export { findFunction, findPhase } from './find-part.ts'
export { MANIFEST_KEY, type ModelManifest, readManifest } from './manifest.ts'
export type {
  CompiledModel,
  CompiledProgram,
  Feed,
  FeedSource,
  ModelFunction,
  Phase,
  State,
  StateBinding,
  StateLayout,
  TensorProgram,
  TrainableModel,
} from './model.ts'
export {
  arrayClasses,
  bytesPerElement,
  type DType,
  dtypes,
  float32,
  type NDArray,
  ndarray,
  sizeOfShape,
  type TypedArray,
  type TypedArrayOf,
} from './ndarray.ts'
export { nearest, suggestion } from './nearest.ts'
export { invertPermutation, permuteAxes } from './permute-axes.ts'
export { type RandomState, RandomStream } from './random.ts'
export { decodeSafetensors, encodeSafetensors, type Safetensors } from './safetensors.ts'
export { SerialQueue } from './serial-queue.ts'
export { SessionLifecycle } from './session-lifecycle.ts'
export { checkState } from './state.ts'
export { gatherStrided, rowMajorStrides } from './strided.ts'
export { checkFeeds, type Dimension, describeSpec, type NamedTensorSpec, type TensorSpec } from './tensor-spec.ts'
