import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import { chromium } from 'playwright-core'
import { build, type Rolldown } from 'vite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { findChromium } from '../../../scripts/find-chromium.mjs'
import { browserImports } from '../../backend-onnxruntime/src/testing/browser/import-graph.ts'
import { tinyServer } from '../../server/src/testing/tiny-server.ts'

/** What it does with a server, as a script that a page or an edge runtime runs. */
const useAll = (url: string) => `(async () => {
  const { ApiError, GantryClient } = gantry
  const client = new GantryClient({ url: '${url}', apiKey: 'sesame' })
  const { samples } = await client.generate('tiny', { seed: 7, count: 2 })
  const single = await client.generate('tiny', { seed: 7 })
  const { outputs } = await client.infer('tiny', {
    latent: { dtype: 'float32', shape: [1, 4], data: Float32Array.of(1, 2, 3, 4) },
    truncation: { dtype: 'float32', shape: [1], data: Float32Array.of(0.5) },
  })
  const error = await client.model('nobody').catch((reason) => reason)
  const late = await client.models({ signal: AbortSignal.abort('enough') }).catch((reason) => reason)
  return JSON.stringify({
    types: samples.map(({ type }) => type),
    seed: single.seed,
    made: Array.from(outputs.samples.data),
    refused: error instanceof ApiError && [error.status, error.code, error.requestId.length],
    late,
  })
})()`

const expected = {
  types: ['image/png', 'image/png'],
  seed: 7,
  made: [0.5, 1, 1.5, 2],
  refused: [404, 'MODEL_UNKNOWN', 36],
  late: 'enough',
}

let script: string
let tiny: Awaited<ReturnType<typeof tinyServer>>
let pages: Server
let url: string
let origin: string
beforeAll(async () => {
  const built = await build({
    logLevel: 'error',
    resolve: { conditions: ['source', 'browser', 'module', 'import'] },
    build: {
      write: false,
      lib: { entry: fileURLToPath(new URL('index.ts', import.meta.url)), name: 'gantry', formats: ['iife'] },
    },
  })
  script = (built as Rolldown.RolldownOutput[])[0]!.output[0].code
  pages = createServer((_, answer) => answer.setHeader('content-type', 'text/html').end('<title>elsewhere</title>'))
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`
  tiny = await tinyServer({ apiKey: 'sesame', cors: [origin] })
  url = (await tiny.server.listen({ port: 0 })).url
})
afterAll(async () => {
  pages?.close()
  await tiny?.close()
})

it('imports nothing but itself', () => {
  const { files, others } = browserImports('client')
  expect(files.length).toBeGreaterThan(5)
  expect(others).toEqual([])
  expect(script.length).toBeLessThan(30_000)
})

it('needs nothing but what the Web has: an edge runtime', async () => {
  const web = {
    ...{ AbortSignal, Blob, Headers, Response, TextDecoder, TextEncoder, URL, URLSearchParams },
    ...{ atob, clearTimeout, fetch, setTimeout },
  }
  const answer = await runInContext(`${script}\n;${useAll(url)}`, createContext(web))
  expect(JSON.parse(answer)).toEqual(expected)
})

it('may read in pages of other origins what it reads', async () => {
  const { headers } = await tiny.ask('/healthz', { headers: { origin } })
  expect(headers.get('access-control-allow-origin')).toBe(origin)
  const exposed = headers.get('access-control-expose-headers')!.split(',')
  const read = ['gantry-seed', 'inference-header-content-length', 'retry-after', 'x-request-id']
  expect(exposed).toEqual(expect.arrayContaining(read))
})

const executablePath = findChromium()
it.skipIf(executablePath === undefined)(
  'works in a page of another origin (apt-get install chromium, or GANTRY_CHROMIUM)',
  async () => {
    const browser = await chromium.launch({ executablePath: executablePath! })
    try {
      const page = await browser.newPage()
      await page.goto(origin)
      await page.addScriptTag({ content: script })
      expect(JSON.parse((await page.evaluate(useAll(url))) as string)).toEqual(expected)
    } finally {
      await browser.close()
    }
  },
)
