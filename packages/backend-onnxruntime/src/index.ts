export type { OnnxRuntimeOptions } from './engine.ts'
export { createOnnxRuntimeInference } from './inference.ts'
export { type DeviceProbe, probeDevices } from './probe-device.ts'
export { createOnnxRuntimeTraining, type OnnxRuntimeTraining } from './training.ts'
