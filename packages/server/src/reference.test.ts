import { chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium } from '../../../scripts/find-chromium.mjs'
import { referencePage } from './reference/reference-page.ts'
import { jsonOf, tinyServer } from './testing/tiny-server.ts'

let tiny: Awaited<ReturnType<typeof tinyServer>>
beforeAll(async () => {
  tiny = await tinyServer()
})
afterAll(() => tiny.close())

it('has every address and every shape of the document, and no link that leads nowhere', async () => {
  const text = await (await tiny.ask('/reference')).text()
  const document = await jsonOf(await tiny.ask('/openapi.json'))
  for (const path of Object.keys(document.paths)) expect(text).toContain(`<code>${path}</code></h3>`)
  const ids = [...text.matchAll(/id="([^"]*)"/g)].map(([, id]) => id!)
  expect(ids).toEqual(expect.arrayContaining(Object.keys(document.components.schemas)))
  expect(new Set(ids).size).toBe(ids.length)
  const links = [...text.matchAll(/href="#([^"]*)"/g)].map(([, id]) => id!)
  expect(links.filter((id) => !ids.includes(id))).toEqual([])
  expect(text).toContain('<code>count</code> <span>integer (1 to 256)')
  expect(text).toContain('Default: <code>1</code>.')
})

it('is where the page leads to', async () => {
  const page = await (await tiny.ask('/')).text()
  const footer = /<footer>(.*?)<\/footer>/s.exec(page)![1]!
  const [, address] = /<a href="([^"]+)">/.exec(footer)!
  expect([address, (await tiny.ask(address!)).status]).toEqual(['/reference', 200])
})

it('writes nothing that a browser would take for its own', () => {
  const summary = '<script>alert(1)</script>'
  const schema = { description: '"><img src=x>', enum: ['</code>'], example: '<b>' }
  const page = String(
    referencePage({
      info: { title: '<i>', version: '1' },
      paths: { '/<u>': { get: { summary, responses: { 200: { description: summary } } } } },
      components: { schemas: { Any: { properties: { '<s>': schema } } } },
    }),
  )
  expect(page).not.toMatch(/<script|<img|<i>|<u>|<s>|<\/code>"/)
})

const executablePath = findChromium()
describe.skipIf(executablePath === undefined)('in Chromium (apt-get install chromium, or GANTRY_CHROMIUM)', () => {
  it('breaks no rule of its policy, asks nobody else, and fits a phone', async () => {
    const { url } = await tiny.server.listen({ port: 0 })
    const browser = await chromium.launch({ executablePath: executablePath! })
    try {
      const page = await browser.newPage({ viewport: { width: 390, height: 844 } })
      const wrong: string[] = []
      page.on('console', (message) => wrong.push(message.text()))
      page.on('request', (request) => {
        if (!request.url().startsWith(url)) wrong.push(request.url())
      })
      await page.goto(`${url}/reference`)
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      expect(await page.evaluate('getComputedStyle(document.querySelector("section")).borderTopWidth')).toBe('1px')
      expect(wrong).toEqual([])
    } finally {
      await browser.close()
    }
  })
})
