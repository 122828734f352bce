import { chromium } from 'playwright-core'
import { bundlePage } from './bundle-page.ts'
import { servePage } from './serve-page.ts'

/** float32 arrays as JSON has them. */
export type PlainArrays = Readonly<Record<string, { readonly shape: readonly number[]; readonly data: number[] }>>

/** Runs models in Chromium, one after the other, each with its feeds. */
export async function runInChromium(
  executablePath: string,
  calls: readonly { readonly model: Uint8Array; readonly feeds: PlainArrays }[],
): Promise<PlainArrays[]> {
  const server = await servePage(await bundlePage(new URL('./export-page.ts', import.meta.url)))
  const browser = await chromium.launch({ executablePath })
  try {
    const page = await browser.newPage()
    await page.goto(server.url)
    await page.waitForFunction('globalThis.runExport !== undefined')
    const outputs: PlainArrays[] = []
    for (const { model, feeds } of calls) {
      outputs.push(await page.evaluate(`runExport(${JSON.stringify([...model])}, ${JSON.stringify(feeds)})`))
    }
    return outputs
  } finally {
    await browser.close()
    server.close()
  }
}
