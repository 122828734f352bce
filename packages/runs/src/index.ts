export type { AnomalyMethod } from './anomalies/anomaly-scorer.ts'
export { openForRun } from './anomalies/open-for-run.ts'
export {
  type AnomalyScore,
  type AnomalyScores,
  type OddSample,
  type ScoreOptions,
  scoreAnomalies,
} from './anomalies/score-anomalies.ts'
export { type WrittenAnomalies, writeAnomalies } from './anomalies/write-anomalies.ts'
export { type BeginRunOptions, type BegunRun, beginRun } from './begin-run.ts'
export { readCheckpoint, writeCheckpoint } from './checkpoint-file.ts'
export { CheckpointStore } from './checkpoint-store.ts'
export {
  assignmentsOf,
  CONFIG_VERSION,
  type Engine,
  type EngineListing,
  engines,
  findEngine,
  gantryVersion,
  latestRunPath,
  listEngines,
  mergeSettings,
  type NewRun,
  newRunPath,
  type PresetSettings,
  RunFolder,
  type RunHistory,
  readEvents,
  readHistory,
  resolveConfig,
  resolveResumed,
  type Settings,
  settingsFromAssignments,
  settingsFromFile,
  settingsFromPreset,
  upgradeConfig,
} from './config.ts'
export { type Comparison, checkShared, compareWithEarlier, readEarlierScores } from './evaluation/earlier-scores.ts'
export {
  type EvaluatedRun,
  type EvaluateOptions,
  type EvaluationProgress,
  evaluateRun,
} from './evaluation/evaluate-run.ts'
export { type StatisticsOptions, type WrittenStatistics, writeStatistics } from './evaluation/write-statistics.ts'
export { EventLog } from './event-log.ts'
export { type ExportRunOptions, exportOpened, exportRun, type GeneratorExport } from './export-run.ts'
export {
  type AskedRows,
  type ByClassRequest,
  describeModel,
  type GivenInputs,
  type GraphSummary,
  type LoadedGenerator,
  type LoadOptions,
  loadGenerator,
  type ModelDescription,
  readInputs,
  rowsBy,
  type SampleRequest,
  summarizeGraph,
  type TiledRequest,
  type TileInputsRequest,
  type TileOptions,
  tileInputs,
  writeByClass,
  writeSamples,
  writeTiled,
} from './generators.ts'
export { type ImportedNetworks, type ImportRequest, importNetworks } from './imports/import-networks.ts'
export { type Interpolation, interpolated } from './interpolate.ts'
export { type ProjectionRequest, type ProjectionResult, writeProjection } from './latents/write-projection.ts'
export { type OpenedRun, type OpenRunOptions, openRun } from './open-run.ts'
export type { ModelStage, OpenedModel } from './open-stages.ts'
export { type ExportAsOptions, type ExportedFiles, exportRunAs } from './repositories/export-run-as.ts'
export { boundFieldsOf, checkSameData, describeData, type RunData } from './run-data.ts'
export { type ScoreObserverOptions, scoreObserver } from './score-observer.ts'
export { hashState } from './state-hash.ts'
export { prepareTensorflow } from './tensorflow.ts'
export { startFromOther, type TrainedRun, type TrainRunOptions, trainRun } from './train-run.ts'
export { downloadWeights, type FetchedWeights, type FetchWeightsOptions } from './weights/fetch-weights.ts'
export { findWeights, keepWeights, listWeights, readNetworkWeights } from './weights/weights-store.ts'
