import { readdirSync, readFileSync } from 'node:fs'
import { extname } from 'node:path'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { PAGE_POLICY } from '../http/headers.ts'

const folder = new URL('../../page/', import.meta.url)

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** The page and its files, which are read when the server starts: no address leads to the file system. */
export function pageRoutes(app: OpenAPIHono): void {
  for (const file of readdirSync(folder)) {
    const text = readFileSync(new URL(file, folder), 'utf8')
    const headers = {
      'content-type': CONTENT_TYPES[extname(file)] ?? 'text/plain',
      'content-security-policy': PAGE_POLICY,
      'cache-control': 'no-cache',
    }
    app.get(file === 'index.html' ? '/' : `/page/${file}`, ({ body }) => body(text, 200, headers))
  }
}
