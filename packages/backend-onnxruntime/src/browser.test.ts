import { chromium } from 'playwright-core'
import { describe, test } from 'vitest'
import { findChromium } from '../../../scripts/find-chromium.mjs'
import { bundlePage } from './testing/browser/bundle-page.ts'
import type { PageTest } from './testing/browser/in-page-vitest.ts'
import { servePage } from './testing/browser/serve-page.ts'

// GANTRY_TEST_DEVICE=webgpu runs the kits on WebGPU, in software where there is no GPU.
const device = process.env.GANTRY_TEST_DEVICE === 'webgpu' ? 'webgpu' : 'cpu'
const webGpuFlags = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan']

/** The conformance kits in Chromium, and what its page says about threads without isolation. */
async function testInChromium(executablePath: string): Promise<Readonly<Record<string, readonly PageTest[]>>> {
  const server = await servePage(await bundlePage(new URL('./testing/browser/conformance-page.ts', import.meta.url)))
  const browser = await chromium.launch({ executablePath, args: device === 'webgpu' ? webGpuFlags : [] })
  try {
    const page = await browser.newPage()
    const run = async (part: string): Promise<PageTest[]> => {
      await page.goto(`${server.url}?device=${device}`)
      return page.evaluate(`runTests(${JSON.stringify(part)})`)
    }
    const name = `Chromium ${browser.version()}`
    const isolated = await run('')
    server.setIsolated(false)
    return { [`${name}, isolated`]: isolated, [`${name}, not isolated`]: await run('says where it computes') }
  } finally {
    await browser.close()
    server.close()
  }
}

const executablePath = findChromium()
if (executablePath === undefined) {
  test.skip('In Chromium: there is none. Install it (apt-get install chromium), or set GANTRY_CHROMIUM to its path.')
} else {
  for (const [place, results] of Object.entries(await testInChromium(executablePath))) {
    describe(`In ${place}:`, () => {
      for (const { name, outcome } of results) {
        test.skipIf(outcome === 'skipped')(name, () => {
          if (typeof outcome === 'object') throw new Error(outcome.error)
        })
      }
    })
  }
}
