import { spawnSync } from 'node:child_process'
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

const lost = expect.objectContaining({ name: 'TrainingError', code: 'WORKER_LOST' })

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

  test('lets the native call end that a terminated worker is in, and rejects the calls after it', async () => {
    const worker = await startInference()
    const calls = Promise.allSettled([1, 2, 3].map(() => worker.call('run', heavyFeeds())))
    // Were the thread ended inside the call, onnxruntime-node would abort this process.
    await worker.terminate()
    const [, second, third] = await calls
    for (const call of [second, third]) expect(call).toEqual({ status: 'rejected', reason: lost })
    await expect(worker.call('describe')).rejects.toThrow(lost)
  })

  test('rejects pending and later calls when the worker crashes', async () => {
    const code = `
      import { parentPort } from 'node:worker_threads'
      parentPort.on('message', ({ method }) => { if (method === 'run') throw new RangeError('out of memory') })
      parentPort.postMessage({ id: 0 })`
    const entry = new URL(`data:text/javascript,${encodeURIComponent(code)}`)
    const model = compiledReferenceModel()
    const task = { kind: 'training', model: hostedModel(model), settings } as const
    const worker = await WorkerClient.start<TrainingHost>(task, entry)
    const report = { engine: 'onnxruntime', version: '1', device: 'cpu', rejected: [], warnings: [] } as const
    const session = new OnnxTrainingSession(model, worker, report)
    await expect(session.run('decay', { rate: float32([], [0.5]) })).rejects.toThrow(lost)
    await expect(session.readState()).rejects.toThrow(/'readState' with it: it threw RangeError: out of memory/)
    await session.dispose()
  })

  test('has a process where it is isolated, whose end is no end of this one, and which ends inside a native call', async () => {
    const isolated = { kind: 'inference', model: heavyModel(), settings: { ...settings, isolate: true } } as const
    const [worker, twin] = [await WorkerClient.start<InferenceHost>(isolated), await startInference()]
    const x = float32([512, 512], Float32Array.from({ length: 512 * 512 }, Math.sin))
    const feeds = () => ({ x: { ...x, data: x.data.slice() } })
    expect(await worker.call('run', feeds())).toEqual(await twin.call('run', feeds()))
    const calls = Promise.allSettled([1, 2].map(() => worker.call('run', feeds())))
    await worker.terminate()
    for (const call of await calls) expect(call).toEqual({ status: 'rejected', reason: lost })
    await expect(worker.call('describe')).rejects.toThrow(/its process was ended by SIGKILL/)
    const broken = WorkerClient.start<InferenceHost>({ ...isolated, model: Uint8Array.of(1, 2, 3) })
    await expect(broken).rejects.toMatchObject({ name: 'ModelFormatError', code: 'MODEL_UNREADABLE' })
  })

  test('ends a process that exits during a native call with its own exit code', () => {
    const code = `
      import { createOnnxRuntimeInference } from '${new URL('../dist/index.js', import.meta.url)}'
      const model = Buffer.from('${Buffer.from(heavyModel()).toString('base64')}', 'base64')
      const session = await createOnnxRuntimeInference({ device: 'cpu', threads: 1 }).load(model)
      const x = { dtype: 'float32', shape: [512, 512], data: new Float32Array(512 * 512) }
      for (let times = 0; times < 4; times++) session.run({ x })
      setTimeout(() => process.exit(3), 20)`
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
      encoding: 'utf8',
    })
    expect({ status, stderr }).toEqual({ status: 3, stderr: '' })
  })

  test('moves parameters and results', async () => {
    const worker = await startInference()
    const feeds = heavyFeeds()
    const { y } = await worker.call('run', feeds)
    expect(feeds.x!.data).toHaveLength(0)
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
