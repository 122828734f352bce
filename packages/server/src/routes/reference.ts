import { readFileSync } from 'node:fs'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { OpenApiDocument } from '../reference/document.ts'
import { referencePage } from '../reference/reference-page.ts'

/** Nothing but its own style sheet: the page has no script. */
const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/**
 * The document for people, in this machine's own words and files. The libraries that were tried (Redoc, RapiDoc; Swagger UI runs
 * a script when it is installed) write styles into the page, which a strict policy forbids.
 *
 * @param document told once every address is known
 */
export function referenceRoutes(app: OpenAPIHono, document: () => unknown): void {
  const style = readFileSync(new URL('../../reference/reference.css', import.meta.url), 'utf8')
  const headers = { 'content-security-policy': POLICY, 'cache-control': 'no-cache' }
  let page: string | undefined
  app.get('/reference', ({ html }) => {
    page ??= String(referencePage(document() as OpenApiDocument))
    return html(page, 200, headers)
  })
  app.get('/reference/reference.css', ({ body }) => body(style, 200, { ...headers, 'content-type': 'text/css' }))
}
