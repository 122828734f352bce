// ONNX Runtime on this thread, in the plainest way: thousands of small graphs would only wait for a worker.
import { ndarray } from '@gantry/core'
import { InferenceSession } from 'onnxruntime-node'

export const runtime = {
  async load(model) {
    const session = await InferenceSession.create(model, {
      logSeverityLevel: 3,
      intraOpNumThreads: 1,
      graphOptimizationLevel: 'basic',
    })
    return {
      async run() {
        const results = await session.run({})
        return Object.fromEntries(
          Object.entries(results).map(([name, { type, dims, data }]) => [name, ndarray(type, dims, data.slice())]),
        )
      },
      dispose: () => session.release(),
    }
  },
}
