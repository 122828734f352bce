import { expect, it } from 'vitest'
import { ServerMetrics } from './http/server-metrics.ts'
import { usualLimits } from './limits.ts'
import { createApp } from './server-app.ts'
import { jsonOf } from './testing/tiny-server.ts'

it('documents every address but those of the page', async () => {
  const app = createApp(
    { models: new Map(), limits: usualLimits, isPrivate: false, isReady: () => true },
    { metrics: new ServerMetrics(() => []), log: () => {}, onlyLoopback: () => false },
  )
  const document = await jsonOf(await app.request('/openapi.json'))
  const documented = Object.entries(document.paths as object).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  )
  const answered = app.routes
    .filter(
      ({ method, path }) => method !== 'ALL' && path !== '/' && !/^\/(page|reference)\b|^\/openapi\.json$/.test(path),
    )
    .map(({ method, path }) => `${method} ${path}`)
  expect(documented.sort()).toEqual(answered.sort())
})
