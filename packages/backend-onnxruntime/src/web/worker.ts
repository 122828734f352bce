import * as ort from 'onnxruntime-web/wasm'
import { startWorker } from './start-worker.ts'

// The entry of a worker that computes on the CPU.

startWorker(ort)
