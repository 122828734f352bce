import * as ort from 'onnxruntime-web/webgpu'
import { startWorker } from './start-worker.ts'

// The entry of a worker that computes on WebGPU.

startWorker(ort)
