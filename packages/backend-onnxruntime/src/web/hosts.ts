import { InferenceHost } from '../inference-host.ts'
import { ProbeHost } from '../probe-host.ts'
import { TrainingHost } from '../training-host.ts'

// Imported at once: bundlers make one file of a worker unless they are told otherwise.

export const trainingHost = async () => TrainingHost
export const inferenceHost = async () => InferenceHost
export const probeHost = async () => ProbeHost
