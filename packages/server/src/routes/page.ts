import { readFileSync } from 'node:fs'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { PAGE_POLICY } from '../http/headers.ts'

const FILES = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/page.css': ['page.css', 'text/css; charset=utf-8'],
  '/page.js': ['page.js', 'text/javascript; charset=utf-8'],
  '/icon.svg': ['icon.svg', 'image/svg+xml'],
} as const

/** The page and its files, which are read when the server starts: no address leads to the file system. */
export function pageRoutes(app: OpenAPIHono): void {
  for (const [path, [file, contentType]] of Object.entries(FILES)) {
    const text = readFileSync(new URL(`../../page/${file}`, import.meta.url), 'utf8')
    const headers = { 'content-type': contentType, 'content-security-policy': PAGE_POLICY, 'cache-control': 'no-cache' }
    app.get(path, ({ body }) => body(text, 200, headers))
  }
}
