import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium } from '../../../scripts/find-chromium.mjs'
import { tinyServer } from './testing/tiny-server.ts'

/** Slow machines are slow. */
const eventually = <Value>(read: () => Value) => expect.poll(read, { timeout: 30_000 })

const executablePath = findChromium()

describe.skipIf(executablePath === undefined)(
  'the page in Chromium (apt-get install chromium, or GANTRY_CHROMIUM)',
  () => {
    let tiny: Awaited<ReturnType<typeof tinyServer>>
    let url: string
    let browser: Browser
    beforeAll(async () => {
      tiny = await tinyServer({ apiKey: 'open sesame' })
      url = (await tiny.server.listen({ port: 0 })).url
      browser = await chromium.launch({ executablePath: executablePath! })
    })
    afterAll(async () => {
      await browser?.close()
      await tiny?.close()
    })

    /** A page, and whatever is wrong with it: errors, what its policy forbids, requests to elsewhere. */
    async function open(path: string): Promise<{ page: Page; wrong: string[] }> {
      const page = await browser.newPage({ viewport: { width: 390, height: 844 } })
      const wrong: string[] = []
      page.on('pageerror', ({ message }) => wrong.push(message))
      page.on('console', (message) => {
        // The key is asked for when the server refuses for the first time.
        if (message.type() === 'error' && !message.text().includes('401')) wrong.push(message.text())
      })
      page.on('request', (request) => {
        if (!request.url().startsWith(url) && !/^(blob|data):/.test(request.url())) wrong.push(request.url())
      })
      await page.goto(url + path)
      await page.fill('#key', 'open sesame')
      await page.keyboard.press('Enter')
      return { page, wrong }
    }

    const width = (page: Page) => page.evaluate("document.querySelector('#picture').naturalWidth")
    const query = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams)

    it('shows the picture of its address, new ones, and the plane by keyboard', async () => {
      const { page, wrong } = await open('/?model=tiny&seed=7&in.truncation=0.5')
      await eventually(() => width(page)).toBe(2)
      expect(await page.textContent('#caption')).toBe('seed 7, truncation 0.5')
      expect(await page.locator('#grid img').count()).toBe(12)
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      await page.focus('#pad')
      await page.keyboard.press('ArrowRight')
      await eventually(() => query(page).mix).toMatch(/^7:0\.99\d* \d+:0\.07\d*$/)
      // Browsers let a page change its address only so often: a drag does it once, at its end.
      const changes = `(async () => {
      let count = 0
      const before = history.replaceState
      history.replaceState = (...given) => { count++; before.apply(history, given) }
      for (let k = 0; k < 30; k++) {
        document.querySelector('#pad').dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', cancelable: true }))
      }
      while (count === 0) await new Promise((resolve) => setTimeout(resolve, 20))
      return count
    })()`
      expect(await page.evaluate(changes)).toBe(1)
      await page.click('#keep')
      await eventually(() => page.locator('#favourites img').count()).toBe(1)
      await page.keyboard.press('n')
      await eventually(() => query(page).seed).toMatch(/^\d+$/)
      expect(wrong).toEqual([])
      await page.close()
    })

    it('asks for the picture that a model is made of', async () => {
      const { page, wrong } = await open('/?model=negative')
      await eventually(() => page.textContent('#caption')).toBe('Choose a picture for source.')
      const picture = await tiny.ask('/v1/models/tiny/images/1.png', { headers: { 'x-api-key': 'open sesame' } })
      const buffer = Buffer.from(await picture.arrayBuffer())
      await page.setInputFiles('input[type=file]', { name: 'a.png', mimeType: 'image/png', buffer })
      await eventually(() => width(page)).toBe(2)
      expect(wrong).toEqual([])
      await page.close()
    })
  },
)
