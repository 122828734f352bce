export { carriedState } from './carry-state.ts'
export { CHECKPOINT_VERSION, type Checkpoint, type StoredCheckpoint, type TrainingPosition } from './checkpoint.ts'
export { type ConfiguredVariant, configureRun } from './configure-run.ts'
export { firstSamples } from './first-samples.ts'
export {
  batchesAhead,
  type Evaluate,
  type Generated,
  type GenerateOptions,
  generate,
  generateBatches,
  rowsOfEach,
} from './generate.ts'
export { keptState } from './kept-state.ts'
export { MemoryRecord } from './memory-record.ts'
export type { Arrays, Moment, Observer, Report } from './observer.ts'
export { type GridOptions, gridObserver } from './observers/grid-observer.ts'
export { logObserver } from './observers/log-observer.ts'
export { usualObservers } from './observers/usual-observers.ts'
export { parseConfig, unwrapped } from './parse-config.ts'
export { checkFrozen } from './restore.ts'
export { changeableKeys, type RunConfig, type RunConfigInput, runConfigSchema } from './run-config.ts'
export type { DamagedCheckpoint, NewestCheckpoint, RunRecord } from './run-record.ts'
export type { OpenedStage, Stage } from './stages.ts'
export { startPart } from './start-from.ts'
export { stepName } from './step-name.ts'
export { secondsRemaining, Throughput } from './throughput.ts'
export { type TrainingOutcome, train } from './train.ts'
export type { TrainedModel, TrainOptions } from './train-options.ts'
