import type { InferenceBackend } from '@gantry/core'
import { copyArray } from './copies.ts'
import { chooseEngine, type OnnxRuntimeOptions } from './engine.ts'
import type { InferenceHost } from './inference-host.ts'
import { OnnxInferenceSession } from './inference-session.ts'
import { WorkerClient } from './worker-client.ts'

/**
 * Runs any ONNX model on ONNX Runtime, each in a worker thread of its own.
 *
 * @throws (from `load`) ModelFormatError `MODEL_NOT_FOUND` or `MODEL_UNREADABLE`, UnsupportedError `DEVICE_UNAVAILABLE`,
 * `DTYPE_UNSUPPORTED` or `VALUE_UNSUPPORTED`, ConfigurationError `DEVICE_UNKNOWN`.
 *
 * @example
 * ```ts
 * const session = await createOnnxRuntimeInference().load('generator.onnx')
 * const { images } = await session.run({ noise })
 * ```
 */
export function createOnnxRuntimeInference(options: OnnxRuntimeOptions = {}): InferenceBackend {
  return {
    specificationVersion: 1,
    name: 'onnxruntime',
    async load(model) {
      const { settings, report } = await chooseEngine(options)
      const source = typeof model === 'string' ? model : copyArray(model)
      const worker = await WorkerClient.start<InferenceHost>({ kind: 'inference', model: source, settings })
      const owner = typeof model === 'string' ? model : 'model'
      return new OnnxInferenceSession(owner, await worker.call('describe'), worker, report)
    },
  }
}
