import type { Worker } from 'node:worker_threads'
import { float32, type Ports } from '@gantry/core'
import { Hono } from 'hono'
import { afterAll, expect, it, onTestFinished } from 'vitest'
import type { Reading } from '../generation/read-as.ts'
import { usualLimits } from '../limits.ts'
import { ShortWork } from '../threads/short-work.ts'
import { BodyReader } from './body-reader.ts'
import { Budget } from './budget.ts'
import { exchangeOf } from './exchange.ts'

const most = 2 ** 20
const together = new Budget(most, 'Bodies')
const reader = new BodyReader({ most, together }, new ShortWork())
afterAll(() => reader.close())

const ports: Ports = { latent: { modality: 'latent', dtype: 'float32', shape: [256], drawn: 'normal' } }
const readings = {
  generate: { kind: 'generate', ports, limits: usualLimits },
  infer: { kind: 'infer', ports, headerLength: undefined },
} satisfies Record<string, Reading>

/** Reads a body as a request brings it. */
async function read(reading: Reading, body: string | Buffer): Promise<unknown> {
  let outcome: unknown
  const app = new Hono().post('/', async (context) => {
    outcome = await reader.read(exchangeOf(context), reading).catch((error) => error)
    return context.text('')
  })
  await app.request('/', { method: 'POST', body: new Uint8Array(Buffer.from(body)) })
  return outcome
}

const rows = (count: number) =>
  Array.from({ length: count }, (_, row) => Array.from(new Float32Array(256).fill(row / 7)))
const latent = (count: number) => float32([count, 256], rows(count).flat())
const spaces = (count: number) => ' '.repeat(count)

it.each([
  ['little', 2],
  ['much', 120],
])('reads %s as it is meant', async (_, count) => {
  const workers: Worker[] = []
  const onWorker = (worker: Worker) => workers.push(worker)
  process.on('worker', onWorker)
  onTestFinished(() => void process.off('worker', onWorker))
  const inputs = { latent: rows(count) }
  expect(await read(readings.generate, JSON.stringify({ count, inputs, seed: 5, format: 'json' }))).toEqual({
    wanted: { count, seed: 5, format: 'json', grid: false },
    asked: { latent: latent(count) },
  })
  const tensor = { name: 'latent', datatype: 'FP32', shape: [count, 256] }
  const wanted = { id: 'a', parameters: { binary_data_output: true } }
  const inJson = JSON.stringify({ ...wanted, inputs: [{ ...tensor, data: rows(count) }] })
  expect(await read(readings.infer, inJson)).toEqual({ wanted, asked: { latent: latent(count) } })
  const bytes = Buffer.from((latent(count).data as Float32Array<ArrayBuffer>).buffer)
  const parameters = { binary_data_size: bytes.length }
  const head = Buffer.from(JSON.stringify({ ...wanted, inputs: [{ ...tensor, parameters }] }))
  expect(await read({ ...readings.infer, headerLength: head.length }, Buffer.concat([head, bytes]))).toEqual({
    wanted,
    asked: { latent: latent(count) },
  })
  // Nobody else waits for what is large: it has a thread.
  expect(workers.length > 0).toBe(count === 120)
})

it.each([
  ['no JSON', (size: number) => `{"seed":${spaces(size)}`, 400, 'JSON_INVALID'],
  ['no request', (size: number) => `{"seed":-1${spaces(size)}}`, 422, 'REQUEST_INVALID'],
  ['no input', (size: number) => `{"inputs":{"x":1${spaces(size)}}}`, 422, 'INPUT_UNKNOWN'],
  ['too wide', (size: number) => `{"inputs":{${'"a":1,'.repeat(9000)}"b":1}${spaces(size)}}`, 422, 'JSON_TOO_WIDE'],
])('says the same of %s, whoever finds out', async (_, bodyOf, status, code) => {
  const [small, large] = [await read(readings.generate, bodyOf(0)), await read(readings.generate, bodyOf(100_000))]
  expect([small, large]).toEqual(new Array(2).fill(expect.objectContaining({ name: 'RequestError', status, code })))
  expect((large as Error).message).toBe((small as Error).message)
  // Whatever becomes of it, it is counted no longer.
  together.take(most)
  together.giveBack(most)
})
