import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Bitmap, decodePng } from '@gantry/modalities'
import { createServer, type GantryServer } from '@gantry/server'
import { chromium, type Page } from 'playwright-core'
import { build, type InlineConfig, preview } from 'vite'
import { expect, test } from 'vitest'
import { findChromium } from '../../../scripts/find-chromium.mjs'

const fixture = new URL('../../../packages/runs/src/testing/fixtures/exports-v1/cgan-v1.onnx', import.meta.url)

/** On top of the example's `vite.config.js`: the packages are taken from their sources. */
const config: InlineConfig = {
  root: fileURLToPath(new URL('..', import.meta.url)),
  logLevel: 'error',
  resolve: { conditions: ['source', 'browser', 'module', 'import'] },
}

const seeds = Array.from({ length: 8 }, (_, seed) => seed)
const labelOf = (seed: number) => String((seed * 7) % 10)

/**
 * WebAssembly and the machine's own instructions round otherwise, by 2e-7 in this model. So a value that lies in the middle between two
 * levels, to within that part of one, may become either.
 */
const MIDDLE = 2e-4

/** The page, built as users build it, with a model beside it. */
async function withPage<Result>(executablePath: string, use: (page: Page, url: string) => Promise<Result>) {
  const outDir = await mkdtemp(join(tmpdir(), 'gantry-page-'))
  const output = { ...config, build: { outDir, emptyOutDir: true, reportCompressedSize: false } }
  await build(output)
  await copyFile(fixture, join(outDir, 'generator.onnx'))
  const site = await preview({ ...output, preview: { host: '127.0.0.1', port: 0 } })
  const browser = await chromium.launch({ executablePath })
  try {
    return await use(await browser.newPage(), site.resolvedUrls!.local[0]!)
  } finally {
    await browser.close()
    await site.close()
    await rm(outDir, { recursive: true })
  }
}

/** What the page shows of a seed, once its address or its field says so. */
async function pictureOf(page: Page, seed: number): Promise<Bitmap> {
  await page.locator(`#picture[alt="What the model makes of seed ${seed}"]`).waitFor()
  const base64 = await page.evaluate(`(async () => {
    const bytes = await (await fetch(document.querySelector('#picture').src)).arrayBuffer()
    return btoa(String.fromCharCode(...new Uint8Array(bytes)))
  })()`)
  return decodePng(Buffer.from(base64 as string, 'base64'))
}

function drawnByPage(executablePath: string): Promise<Bitmap[]> {
  return withPage(executablePath, async (page, url) => {
    await page.goto(`${url}?seed=0&labels=${labelOf(0)}`)
    const pictures = [await pictureOf(page, 0)]
    // ONNX Runtime is in none of the page's own scripts.
    expect(page.workers().length).toBeGreaterThan(0)
    for (const seed of seeds.slice(1)) {
      await page.fill('[name=labels]', labelOf(seed))
      await page.fill('#seed', String(seed))
      await page.dispatchEvent('#seed', 'change')
      pictures.push(await pictureOf(page, seed))
    }
    return pictures
  })
}

/** The server's PNG of a seed, and how far each pixel's value is from the middle between two levels, in levels. */
async function drawnByServer(server: GantryServer, seed: number): Promise<Bitmap & { margins: number[] }> {
  const ask = (path: string, init: RequestInit = {}) =>
    server.fetch(new Request(`http://localhost/v1/models/digits/${path}`, init))
  const picture = await ask(`images/${seed}.png?labels=${labelOf(seed)}`)
  const body = JSON.stringify({ seed, inputs: { labels: labelOf(seed) }, format: 'json' })
  const headers = { 'content-type': 'application/json' }
  const { outputs } = (await (await ask('generate', { method: 'POST', headers, body })).json()) as {
    outputs: { samples: { data: number[] } }
  }
  const margins = outputs.samples.data.map((value) => Math.abs((((value + 1) * 127.5) % 1) - 0.5))
  return { ...decodePng(new Uint8Array(await picture.arrayBuffer())), margins }
}

const executablePath = findChromium()

test.skipIf(executablePath === undefined)(
  `a page draws the pixels of the server${executablePath === undefined ? ' (no Chromium: apt-get install chromium, or set GANTRY_CHROMIUM)' : ''}`,
  async () => {
    const server = await createServer({ models: [`digits=${fileURLToPath(fixture)}`], workers: 1 })
    try {
      const drawn = await drawnByPage(executablePath!)
      const sums = new Set<number>()
      for (const seed of seeds) {
        const { margins, ...expected } = await drawnByServer(server, seed)
        const { data, ...own } = drawn[seed]!
        expect(own).toEqual({ width: 28, height: 28, channels: 1 })
        const isClear = (_: number, index: number) => margins[index]! > MIDDLE
        expect(data.filter(isClear)).toEqual(expected.data.filter(isClear))
        const steps = data.map((value, index) => Math.abs(value - expected.data[index]!))
        expect(Math.max(...steps)).toBeLessThanOrEqual(1)
        expect(margins.filter((margin) => margin <= MIDDLE).length).toBeLessThan(8)
        sums.add(data.reduce((sum, value) => sum + value, 0))
      }
      expect(sums.size).toBe(seeds.length)
    } finally {
      await server.close()
    }
  },
  // WebAssembly, a build and a browser: on a machine that does much else they take their time.
  180_000,
)
