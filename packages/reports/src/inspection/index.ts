export { type DatasetInspection, inspectDataset } from './inspect-dataset.ts'
export { inspectModel, summaryRows } from './inspect-model.ts'
export { inspectRun } from './inspect-run.ts'
export type { Inspection } from './inspection.ts'
