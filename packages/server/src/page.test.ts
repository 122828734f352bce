import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
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
      onTestFinished(() => page.close())
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
    const isAsWide = (page: Page) => page.evaluate('document.documentElement.scrollWidth <= innerWidth')

    it('shows the picture of its address, new ones, and the plane by keyboard', async () => {
      const { page, wrong } = await open('/?model=tiny&seed=7&in.truncation=0.5')
      await eventually(() => width(page)).toBe(2)
      expect(await page.textContent('#caption')).toBe('seed 7, truncation 0.5')
      expect(await page.locator('#grid img').count()).toBe(12)
      expect(await isAsWide(page)).toBe(true)
      // Seeds that are drawn have up to ten digits, and are to be read on a phone, too.
      await page.fill('#to', '4294967295')
      expect(
        await page.evaluate(
          "[...document.querySelectorAll('.ends input')].every((seed) => seed.scrollWidth <= seed.clientWidth)",
        ),
      ).toBe(true)
      await page.focus('#pad')
      await page.keyboard.press('ArrowRight')
      await eventually(() => query(page).mix).toMatch(/^7:0\.99\d* \d+:0\.07\d*$/)
      expect(await page.getAttribute('#pad', 'aria-valuetext')).toBe('5 % across, 0 % down')
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
      expect(wrong).toEqual([])
    })

    it('keeps pictures, mixes those that are chosen, and forgets them', async () => {
      const { page, wrong } = await open('/?model=tiny&seed=7')
      await eventually(() => width(page)).toBe(2)
      await page.keyboard.press('f')
      await page.keyboard.press('n')
      await eventually(() => query(page).seed).not.toBe('7')
      const other = query(page).seed
      await page.click('#keep')
      const chosen = page.locator('#favourites input')
      await eventually(() => chosen.count()).toBe(2)
      expect(await page.isDisabled('#mix')).toBe(true)
      // Whoever does not see the page is told the name of everything that can be used.
      const heard = await page.locator('body').ariaSnapshot()
      expect(heard).toMatch(/- slider "Plane around the picture"/)
      expect(heard).not.toMatch(/- (button|slider|checkbox|combobox|spinbutton|textbox)(?! ")/)
      for (const index of [0, 1]) await chosen.nth(index).check()
      await page.click('#mix')
      await eventually(() => query(page).mix).toBe(`${other}:1 7:1`)
      await page.click('#drop')
      await eventually(() => page.isHidden('#kept')).toBe(true)
      expect(wrong).toEqual([])
    })

    it('leads from one seed to another, and downloads what it shows', async () => {
      const { page, wrong } = await open('/?model=tiny&seed=7')
      await eventually(() => width(page)).toBe(2)
      await page.fill('#to', '8')
      await page.locator('#between').fill('0.5')
      await eventually(() => query(page).mix).toBe('7:0.7071 8:0.7071')
      await page.click('#to-show')
      await eventually(() => query(page).seed).toBe('8')
      const [file] = await Promise.all([page.waitForEvent('download'), page.click('#download')])
      expect(file.suggestedFilename()).toBe('tiny-8.png')
      expect(wrong).toEqual([])
    })

    it('says that the server is gone, and goes on when it is back', async () => {
      const { page } = await open('/?model=tiny&seed=7')
      await eventually(() => width(page)).toBe(2)
      await page.route('**/v1/**', (route) => route.abort())
      await page.click('#new')
      await eventually(() => page.textContent('#problem-text')).toMatch(/server does not answer/)
      await page.unroute('**/v1/**')
      await page.click('#again')
      await eventually(() => page.isHidden('#problem')).toBe(true)
    })

    it('asks for the picture that a model is made of', async () => {
      const { page, wrong } = await open('/?model=negative')
      await eventually(() => page.textContent('#caption')).toBe('Choose a picture for source.')
      expect(await page.isVisible('#empty')).toBe(true)
      expect(await page.isDisabled('#download')).toBe(true)
      const field = page.getByLabel('source')
      await field.setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('no picture') })
      await eventually(() => page.textContent('#sources')).toMatch(/no picture that can be read/)
      const picture = await tiny.ask('/v1/models/tiny/images/1.png', { headers: { 'x-api-key': 'open sesame' } })
      const buffer = Buffer.from(await picture.arrayBuffer())
      await field.setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer })
      await eventually(() => width(page)).toBe(2)
      expect([await page.isVisible('#empty'), await isAsWide(page)]).toEqual([false, true])
      expect(wrong).toEqual([])
    })
  },
)
