export type { EngineName } from './engines.ts'
export type { EngineRequest } from './select-engine.ts'
export { createTfjsTraining, type TfjsTrainingOptions } from './training.ts'
