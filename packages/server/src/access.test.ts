import { expect, it } from 'vitest'
import { tinyServer } from './testing/tiny-server.ts'

it('lets nobody in without the key, but to what tells nothing', async () => {
  const { ask, server, close } = await tinyServer({ apiKey: 'open sesame' })
  try {
    for (const path of [
      '/v1/models',
      '/v1/models/tiny',
      '/metrics',
      '/openapi.json',
      '/v2/models/tiny',
      '/v1/models/tiny/images/1.png',
    ]) {
      expect([path, (await ask(path)).status]).toEqual([path, 401])
      expect((await ask(path, { headers: { authorization: 'Bearer open sesam' } })).status).toBe(401)
      const answer = await ask(path, { headers: { authorization: 'Bearer open sesame' } })
      expect([path, answer.status]).toEqual([path, 200])
      expect(answer.headers.get('cache-control')).not.toContain('public')
    }
    expect((await ask('/v1/models', { headers: { 'x-api-key': 'open sesame' } })).status).toBe(200)
    for (const path of ['/', '/healthz', '/readyz', '/page/page.js', '/reference', '/v2/health/ready'])
      expect((await ask(path)).status).toBe(200)
    // With a key, another host may be opened.
    expect((await server.listen({ port: 0, host: '0.0.0.0' })).port).toBeGreaterThan(0)
  } finally {
    await close()
  }
})

it('opens another host than this machine only when it is forced', async () => {
  const { server, close } = await tinyServer()
  try {
    await expect(server.listen({ port: 0, host: '0.0.0.0' })).rejects.toThrow(
      expect.objectContaining({ code: 'HOST_OPEN', fix: expect.stringContaining('--force') }),
    )
    const { port } = await server.listen({ port: 0, host: '0.0.0.0', force: true })
    // Then any name may be used.
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200)
  } finally {
    await close()
  }
})

it('says of an address that cannot be had whether to choose another port or another host', async () => {
  const [one, other] = [await tinyServer(), await tinyServer()]
  try {
    const { port } = await one.server.listen({ port: 0 })
    await expect(other.server.listen({ port })).rejects.toMatchObject({
      ...{ code: 'PORT_TAKEN', fix: 'Choose another port, or 0 for a free one: --port 0.' },
    })
    // TEST-NET-1, which no machine has (RFC 5737).
    await expect(other.server.listen({ port: 0, host: '192.0.2.1', force: true })).rejects.toMatchObject({
      ...{ code: 'HOST_UNUSABLE', fix: 'Choose an address of this machine: --host 127.0.0.1.' },
    })
  } finally {
    await Promise.all([one.close(), other.close()])
  }
})

it('lets no page of another site read an answer, nor ask whether it may', async () => {
  const { ask, close } = await tinyServer()
  try {
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' }
    for (const method of ['GET', 'OPTIONS']) {
      const answer = await ask('/v1/models', { method, headers })
      expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
      expect(answer.headers.get('cross-origin-resource-policy')).toBe('same-origin')
    }
  } finally {
    await close()
  }
})

it('answers pages of other sites only where they are named', async () => {
  const { ask, close } = await tinyServer({ cors: ['https://friend.example'] })
  try {
    const from = async (origin: string) =>
      (await ask('/v1/models', { headers: { origin } })).headers.get('access-control-allow-origin')
    expect(await from('https://friend.example')).toBe('https://friend.example')
    expect(await from('https://evil.example')).toBeNull()
  } finally {
    await close()
  }
})
