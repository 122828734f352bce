import { createHook } from 'node:async_hooks'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { endIdleThreads } from '@gantry/backend-onnxruntime'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { truncatedGenerator } from '../../../packages/runs/src/testing/tiny-models.ts'
import { createProgram } from './program.ts'

// In this process: what a start leaves behind would end the tests.

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** Threads that were started, timers that were set and signals that are listened to since, and are not done with. */
function watchWhatIsLeft() {
  const threads: Worker[] = []
  const timers = new Map<number, string>()
  const onWorker = (worker: Worker) => threads.push(worker)
  const hook = createHook({
    init: (id, type) => {
      if (type !== 'Timeout') return
      const { stack } = new Error('set')
      // Those of the test's own runner are not ours.
      if (/[\\/](packages|apps)[\\/]\w[\w-]*[\\/](src|dist)[\\/](?!serve-failing)/.test(stack!)) timers.set(id, stack!)
    },
    destroy: (id) => timers.delete(id),
  }).enable()
  process.on('worker', onWorker)
  const listening = () => SIGNALS.flatMap((name) => process.listeners(name))
  const before = listening()
  return {
    threads: () => threads.filter(({ threadId }) => threadId !== -1),
    timers: () => [...timers.values()],
    listeners: () => listening().filter((listener) => !before.includes(listener)),
    end() {
      hook.disable()
      process.off('worker', onWorker)
    },
  }
}

let folder: string
let taken: Server
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-serve-'))
  await writeFile(join(folder, 'tiny.onnx'), truncatedGenerator())
  await writeFile(join(folder, 'broken.onnx'), truncatedGenerator().subarray(0, 200))
  taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
})
afterAll(async () => {
  taken.close()
  await rm(folder, { recursive: true })
})

let left: ReturnType<typeof watchWhatIsLeft>
beforeEach(() => {
  left = watchWhatIsLeft()
})
afterEach(async () => {
  left.end()
  await Promise.all(left.threads().map((thread) => thread.terminate()))
})

const tiny = () => join(folder, 'tiny.onnx')
const serve = (...args: string[]) => createProgram().parseAsync(['serve', ...args, '--workers', '1'], { from: 'user' })

it.each<[string, string, () => string[]]>([
  ['a model that is not there', 'TARGET_MISSING', () => [join(folder, 'missing.onnx')]],
  ['a second one that is none', 'MODEL_UNREADABLE', () => [tiny(), join(folder, 'broken.onnx')]],
  ['two of a name', 'MODEL_TWICE', () => [tiny(), tiny()]],
  ['a device that there is not', 'DEVICE_UNKNOWN', () => [tiny(), '--device', 'gpu']],
  ['a port that is taken', 'PORT_TAKEN', () => [tiny(), '--port', String((taken.address() as { port: number }).port)]],
  ['a port that is none', 'PORT_INVALID', () => [tiny(), '--port', '65536']],
  ['a host that everybody reaches', 'HOST_OPEN', () => [tiny(), '--port', '0', '--host', '0.0.0.0']],
  ['a host of others', 'HOST_UNUSABLE', () => [tiny(), '--port', '0', '--host', '192.0.2.1', '--force']],
  ['a key that is empty', 'KEY_EMPTY', () => [tiny(), '--api-key', '']],
])('does not start with %s, and leaves nothing that would end this process', async (_, code, args) => {
  await expect(serve(...args())).rejects.toThrow(expect.objectContaining({ code }))
  // Threads without a session wait for the next one, and keep no process.
  await endIdleThreads()
  expect([left.listeners().length, left.threads().length]).toEqual([0, 0])
  await expect.poll(() => left.timers()).toEqual([])
})

it('starts all the same afterwards, and where it is told to stop its end is watched over', async () => {
  const serving = serve(tiny(), '--port', '0')
  await expect.poll(() => left.listeners().length, { timeout: 30_000 }).toBe(SIGNALS.length)
  for (const listener of new Set(left.listeners())) (listener as (name: string) => void)('SIGTERM')
  await serving
  await endIdleThreads()
  expect([left.listeners().length, left.threads().length]).toEqual([0, 1])
  await expect.poll(() => left.timers()).toEqual([])
})
