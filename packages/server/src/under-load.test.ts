import type { ChildProcess } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { get } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { float32, type ModelManifest } from '@gantry/core'
import { expect, it, onTestFinished } from 'vitest'
import { Presenter } from './generation/presenter.ts'
import { BodyReader } from './http/body-reader.ts'
import { Budget } from './http/budget.ts'
import { ServerMetrics } from './http/server-metrics.ts'
import { UnderWay } from './http/under-way.ts'
import { usualLimits } from './limits.ts'
import { listen } from './listen.ts'
import { LoadedModel, type ServedModel } from './models/served-model.ts'
import { createApp } from './server-app.ts'
import { jsonOf, tinyServer } from './testing/tiny-server.ts'
import { ShortWork } from './threads/short-work.ts'

// Runs in a process of its own: it counts the threads that it starts, and would be given those that other tests have left idle.

const PICTURE = '/v1/models/tiny/images/7.png'

/** A server of a model whose batches end when the test says so. */
async function slowServer({ connections = 100, ...own }: Partial<typeof usualLimits> & { connections?: number } = {}) {
  const limits = { ...usualLimits, largestBatch: 1, ...own }
  const batches: (() => void)[] = []
  const latent = { modality: 'latent', dtype: 'float32', shape: [1], drawn: 'normal' } as const
  const samples = { modality: 'image', dtype: 'float32', shape: [1, 1, 1], range: [-1, 1] } as const
  const manifest = { inputs: { latent }, outputs: { samples } } as unknown as ModelManifest
  const answer = { samples: float32([1, 1, 1, 1], [0]) }
  const evaluate = () => new Promise<typeof answer>((resolve) => batches.push(() => resolve(answer)))
  const model = await LoadedModel.start('slow', async () => ({ manifest, evaluate, dispose: async () => {} }), {
    limits,
    workers: 1,
  })
  const models = new Map([['slow', { current: model } as ServedModel]])
  const shortWork = new ShortWork()
  const together = new Budget(limits.bodyBytes, 'Bodies')
  const bodies = new BodyReader({ most: limits.bodyBytes, together }, shortWork)
  const app = createApp(
    {
      models,
      limits,
      presenter: new Presenter(shortWork),
      bodies,
      shortWork,
      isPrivate: false,
      isReady: () => true,
    },
    {
      metrics: new ServerMetrics(() => [['slow', model.depth]]),
      underWay: new UnderWay(),
      log: () => {},
      onlyLoopback: () => true,
    },
  )
  const listening = await listen(app, { port: 0, connections }, { hasKey: false, limits })
  onTestFinished(() => listening.close(5000))
  const { port, url } = listening.address
  const depth = async () => Number(/gantry_queue_depth\{model="slow"\} (\d+)/.exec(await text(`${url}/metrics`))![1])
  return { batches, port, url, depth, ask: (init?: RequestInit) => fetch(`${url}/v1/models/slow/images/1.png`, init) }
}

const text = async (address: string) => (await fetch(address)).text()

/** Of an answer on a connection of its own. */
function statusAlone(address: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(address, { agent: false }, (answer) => resolve(answer.resume().statusCode)).on('error', reject)
  })
}

function open(port: number): Socket {
  // Some are hung up on, and say so.
  return connect(port, '127.0.0.1').on('error', () => {})
}

it('says 429 and when to come again, and gives the place of whoever goes away to others', async () => {
  const { batches, ask, depth } = await slowServer({ queue: 2 })
  const [first, second] = [ask(), ask()]
  // Both are at the worker, and wait nowhere.
  await expect.poll(() => batches.length).toBe(2)
  const away = new AbortController()
  const waiting = [ask({ signal: away.signal }), ask({ signal: away.signal })]
  await expect.poll(depth).toBe(2)
  const refused = await ask()
  expect([refused.status, (await jsonOf(refused)).error.code]).toEqual([429, 'OVERLOADED'])
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  away.abort()
  await Promise.allSettled(waiting)
  await expect.poll(depth).toBe(0)
  const welcome = ask()
  await expect.poll(depth).toBe(1)
  for (let index = 0; index < 3; index++) {
    await expect.poll(() => batches.length).toBeGreaterThan(index)
    batches[index]!()
  }
  expect((await Promise.all([first, second, welcome])).map(({ status }) => status)).toEqual([200, 200, 200])
  expect(batches).toHaveLength(3)
})

it('answers honest clients in a flood of connections, also those whom it kept waiting', async () => {
  const { batches, ask, port, url } = await slowServer({ connections: 8 })
  const honest = ask()
  await expect.poll(() => batches.length).toBe(1)
  const slow = 'POST /v1/models/slow/generate HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{'
  const flood = ['', 'GET / HTTP/1.1\r\n', slow].flatMap((bytes) =>
    Array.from({ length: 20 }, () => {
      const socket = open(port)
      socket.write(bytes)
      return once(socket, 'close')
    }),
  )
  for (let times = 0; times < 3; times++) expect(await statusAlone(`${url}/healthz`)).toBe(200)
  batches[0]!()
  expect((await honest).status).toBe(200)
  // All but the last ones have given their places.
  await Promise.all(flood.slice(0, 40))
})

it('takes no more bodies together than it may, but small ones', async () => {
  const { port, url } = await slowServer({ bodyBytes: 200_000 })
  const head = 'POST /v1/models/slow/generate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'
  const uploads = [open(port), open(port)]
  for (const socket of uploads) socket.write(`${head}Content-Length: 190000\r\n\r\n${'['.repeat(180_000)}`)
  const [answer] = await Promise.race(uploads.map((socket) => once(socket, 'data')))
  expect(String(answer)).toMatch(/^HTTP\/1\.1 429[\s\S]*retry-after: 1/)
  const small = await fetch(`${url}/v1/models/slow/generate`, {
    method: 'POST',
    body: '{"count":0}',
    headers: { 'content-type': 'application/json' },
  })
  expect(small.status).toBe(422)
  for (const socket of uploads) socket.destroy()
})

/** The thread of every worker that is started from now on. */
function workersOf(): Worker[] {
  const workers: Worker[] = []
  const add = (worker: Worker) => workers.push(worker)
  process.on('worker', add)
  onTestFinished(() => void process.off('worker', add))
  return workers
}

it('replaces a thread that is killed: its requests are tried once more, and then refused', async () => {
  const workers = workersOf()
  const { ask, tiny, close } = await tinyServer({ limits: { milliseconds: 20_000 } })
  onTestFinished(close)
  const [own] = workers
  expect((await ask(PICTURE)).status).toBe(200)
  await own!.terminate()
  expect((await ask(PICTURE)).status).toBe(200)
  expect(workers.length).toBeGreaterThan(2)

  // One that cannot be started again, since its file is gone.
  await rename(tiny, `${tiny}.away`)
  await workers.at(-1)!.terminate()
  const lost = await ask(PICTURE)
  expect([lost.status, (await jsonOf(lost)).error.code, lost.headers.get('retry-after')]).toEqual([
    503,
    'MODEL_LOST',
    '5',
  ])
  expect((await ask('/readyz')).status).toBe(503)
  await rename(`${tiny}.away`, tiny)
  await expect.poll(async () => (await ask(PICTURE)).status, { timeout: 10_000 }).toBe(200)
})

it('goes on where native code takes a session down, if sessions are isolated, and leaves no process behind', async () => {
  const processes: ChildProcess[] = []
  const add = (message: unknown) => processes.push((message as { process: ChildProcess }).process)
  subscribe('child_process', add)
  onTestFinished(() => void unsubscribe('child_process', add))
  const { ask, close } = await tinyServer({ isolate: true })
  const picture = async () => Buffer.from(await (await ask(PICTURE)).arrayBuffer())
  const before = await picture()
  // As ONNX Runtime ends its process where something in it throws at the wrong moment.
  processes[0]!.kill('SIGABRT')
  await once(processes[0]!, 'exit')
  expect((await picture()).equals(before)).toBe(true)
  expect(processes.length).toBe(3)
  await close()
  expect(processes.map(({ signalCode }) => signalCode)).toEqual(['SIGABRT', 'SIGKILL', 'SIGKILL'])
})

it('replaces a model under load without a failed request, and keeps the one before where the new one is damaged', async () => {
  const lines: Record<string, unknown>[] = []
  const { ask, server, tiny, close } = await tinyServer({ lookAfter: 20, log: (line) => lines.push(line) })
  onTestFinished(close)
  const versions = new Set<string>()
  const statuses = new Set<number>()
  let isOn = true
  const client = async () => {
    while (isOn) {
      const answer = await ask(PICTURE)
      statuses.add(answer.status)
      await setTimeout(1)
    }
  }
  const clients = Array.from({ length: 8 }, client)
  const version = async () => (await jsonOf(await ask('/v1/models/tiny'))).version as string
  const reloads = () => lines.filter(({ event }) => event === 'reload')
  const replace = async (bytes: Uint8Array) => {
    const before = reloads().length
    versions.add(await version())
    await writeFile(`${tiny}.new`, bytes)
    await rename(`${tiny}.new`, tiny)
    await expect.poll(() => reloads().length, { timeout: 10_000 }).toBe(before + 1)
  }
  // Begins before the model is replaced, and asks it afterwards.
  const body = new TransformStream<Uint8Array, Uint8Array>()
  const writer = body.writable.getWriter()
  const request = {
    method: 'POST',
    body: body.readable,
    duplex: 'half',
    headers: { 'content-type': 'application/json' },
  }
  const slow = server.fetch(new Request('http://localhost/v1/models/tiny/generate', request as RequestInit))
  const bytes = await readFile(tiny)
  const of = (variant: string) => Buffer.from(bytes.toString('latin1').replace('"truncated"', `"${variant}"`), 'latin1')
  await replace(of('truncate2'))
  await replace(of('truncate3'))
  await writer.write(Buffer.from('{"seed":7}'))
  await writer.close()
  expect((await slow).status).toBe(200)
  expect(versions.size).toBe(2)
  const last = await version()
  await replace(bytes.subarray(0, bytes.length / 2))
  expect(reloads().map(({ error }) => typeof error)).toEqual(['undefined', 'undefined', 'string'])
  expect([await version(), (await ask(PICTURE)).status]).toEqual([last, 200])
  isOn = false
  await Promise.all(clients)
  expect([...statuses]).toEqual([200])
})
