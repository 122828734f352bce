export {
  describeInferenceBackend,
  type InferenceBackendCase,
  referenceInferenceModel,
} from './inference-conformance.ts'
export {
  type ReferencePrograms,
  type ReferenceVariable,
  referenceBatchSize,
  referenceConstants,
  referenceModel,
  referenceNoise,
  referenceVariables,
} from './reference-model.ts'
export { ReferenceTrajectory } from './reference-trajectory.ts'
export type { Skip } from './suite.ts'
export { describeTrainingBackend, type TrainingBackendCase, trainingConformanceTests } from './training-conformance.ts'
