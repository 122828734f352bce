// Filled in once @gantry/compiler and @gantry/backend-onnxruntime are there.
import { serveEngine } from '../serve-engine.ts'

await serveEngine(() => Promise.reject(new Error('not there yet')))
