import { expect, it } from 'vitest'
import { usualLimits } from './limits.ts'
import { createApp } from './server-app.ts'

it('documents every address but those of the page', () => {
  // Nothing is asked of it: what answers requests is not needed.
  const context = { models: new Map(), limits: usualLimits } as never
  const { hono: app, take } = createApp(context, {} as never)
  // Some are answered without it, and only where no other origin may ask.
  expect([take, createApp(context, { cors: ['https://a.example'] } as never).take]).toEqual([
    expect.any(Function),
    undefined,
  ])
  const { paths } = app.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 'Gantry', version: '0' } })
  const documented = Object.entries(paths!).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  )
  const isPage = (path: string) => path === '/' || /^\/(page|reference)\b|^\/openapi\.json$/.test(path)
  const answered = app.routes
    .filter(({ method, path }) => method !== 'ALL' && !isPage(path))
    .map(({ method, path }) => `${method} ${path}`)
  expect(answered.length).toBeGreaterThan(15)
  expect(documented.sort()).toEqual(answered.sort())
})
