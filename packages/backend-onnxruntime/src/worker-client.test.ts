import { float32, type NDArray } from '@gantry/core'
import { createModel, encodeModel, GraphBuilder } from '@gantry/onnx'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { InferenceHost } from './inference-host.ts'
import { compiledReferenceModel } from './testing/reference-graphs.ts'
import { hostedModel, type TrainingHost } from './training-host.ts'
import { OnnxTrainingSession } from './training-session.ts'
import { WorkerClient } from './worker-client.ts'

const settings = { device: 'cpu', threads: 1 } as const

/** Twelve products of 512 × 512 matrices: tens of milliseconds in one native call. */
function heavyModel(): Uint8Array {
  const builder = new GraphBuilder('heavy')
  const x = builder.input('x', { dtype: 'float32', shape: [512, 512] })
  let product = x
  for (let times = 0; times < 12; times++) product = builder.node('MatMul', [product, x])
  builder.output('y', product, { dtype: 'float32', shape: [512, 512] })
  return encodeModel(createModel(builder.build()))
}

const heavyFeeds = (): Record<string, NDArray> => ({ x: float32([512, 512], new Float32Array(512 * 512)) })

async function startInference() {
  const worker = await WorkerClient.start<InferenceHost>({ kind: 'inference', model: heavyModel(), settings })
  onTestFinished(() => worker.terminate())
  return worker
}

describe('WorkerClient', () => {
  test('leaves the event loop free while ONNX Runtime computes', async () => {
    const worker = await startInference()
    let turns = 0
    let running = true
    const turn = () => {
      turns++
      if (running) setImmediate(turn)
    }
    setImmediate(turn)
    await worker.call('run', heavyFeeds())
    running = false
    // In this thread the native call would leave room for two or three turns, before and after it.
    expect(turns).toBeGreaterThan(20)
  })

  test('rejects the calls that are pending when the worker dies, and later ones', async () => {
    const worker = await startInference()
    const lost = expect.objectContaining({ name: 'TrainingError', code: 'WORKER_LOST' })
    const pending = [worker.call('run', heavyFeeds()), worker.call('run', heavyFeeds())]
    const rejections = Promise.all(pending.map((call) => expect(call).rejects.toThrow(lost)))
    await worker.terminate()
    await rejections
    await expect(worker.call('describe')).rejects.toThrow(lost)
  })

  test('tells a session’s caller that its worker is gone, and lets it be disposed', async () => {
    const model = compiledReferenceModel()
    const worker = await WorkerClient.start<TrainingHost>({ kind: 'training', model: hostedModel(model), settings })
    const report = { engine: 'onnxruntime', version: '1', device: 'cpu', rejected: [], warnings: [] } as const
    const session = new OnnxTrainingSession(model, worker, report)
    await session.run('decay', { rate: float32([], [0.5]) })
    const pending = session.readState()
    const rejection = expect(pending).rejects.toThrow(/worker thread.*'readState'.*exited with code 1/)
    await worker.terminate()
    await rejection
    await session.dispose()
  })

  test('copies parameters, so that the caller’s arrays stay usable, and moves results', async () => {
    const worker = await startInference()
    const feeds = heavyFeeds()
    const { y } = await worker.call('run', feeds)
    expect(feeds.x!.data).toHaveLength(512 * 512)
    expect(y!.data).toHaveLength(512 * 512)
  })

  test('carries coded errors over', async () => {
    const start = WorkerClient.start<InferenceHost>({ kind: 'inference', model: '/nowhere.onnx', settings })
    await expect(start).rejects.toThrow(
      expect.objectContaining({
        name: 'ModelFormatError',
        code: 'MODEL_NOT_FOUND',
        message: "'/nowhere.onnx': there is no such file. Check the path.",
        fix: 'Check the path.',
      }),
    )
  })
})
