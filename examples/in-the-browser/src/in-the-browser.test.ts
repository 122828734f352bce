import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RunEvent, RunEventOf } from '@gantry/core'
import { chromium } from 'playwright-core'
import { build, type InlineConfig, preview } from 'vite'
import { expect, test } from 'vitest'
import { findChromium } from '../../../scripts/find-chromium.mjs'
import { trainOnRing } from './train-on-ring.ts'

const STEPS = 60

/** On top of the example's `vite.config.js`: the packages are taken from their sources. */
const config: InlineConfig = {
  root: fileURLToPath(new URL('..', import.meta.url)),
  logLevel: 'error',
  resolve: { conditions: ['source', 'browser', 'module', 'import'] },
}

/** The log of the page, and the picture that it shows. */
async function trainInChromium(executablePath: string): Promise<{ events: RunEvent[]; picture: number }> {
  const outDir = await mkdtemp(join(tmpdir(), 'gantry-page-'))
  const output = { ...config, build: { outDir, emptyOutDir: true, reportCompressedSize: false } }
  await build(output)
  const server = await preview({ ...output, preview: { host: '127.0.0.1', port: 0 } })
  const browser = await chromium.launch({ executablePath })
  try {
    const page = await browser.newPage()
    await page.goto(`${server.resolvedUrls!.local[0]}?steps=${STEPS}`)
    await page.locator('#samples[src]').waitFor({ state: 'attached' })
    const log = (await page.locator('#log').textContent())!
    const events = log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    return {
      events,
      picture: await page.evaluate('document.images[0].decode().then(() => document.images[0].naturalWidth)'),
    }
  } finally {
    await browser.close()
    await server.close()
    await rm(outDir, { recursive: true })
  }
}

function losses(events: readonly RunEvent[]): [step: number, name: string, value: number][] {
  return events
    .filter((event): event is RunEventOf<'step'> => event.type === 'step')
    .flatMap(({ step, scalars }) =>
      Object.entries(scalars).map(([name, value]): [number, string, number] => [step, name, value]),
    )
}

const executablePath = findChromium()

test.skipIf(executablePath === undefined)(
  `a page trains the same GAN as Node${executablePath === undefined ? ' (no Chromium: apt-get install chromium, or set GANTRY_CHROMIUM)' : ''}`,
  async () => {
    const here = await trainOnRing(STEPS, () => undefined)
    const { events, picture } = await trainInChromium(executablePath!)
    expect(events.at(-1)).toMatchObject({ type: 'end', step: STEPS, outcome: 'finished' })
    expect(picture).toBeGreaterThan(100)
    const [expected, found] = [losses(here.record.events), losses(events)]
    expect(expected.length).toBeGreaterThan(20)
    expect(found.map(([step, name]) => [step, name])).toEqual(expected.map(([step, name]) => [step, name]))
    for (const [index, [step, name, value]] of expected.entries()) {
      expect(Math.abs(found[index]![2] - value), `${name} after ${step} steps`).toBeLessThan(1e-4)
    }
  },
)
