import { createHash, timingSafeEqual } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { RequestError } from './request-error.ts'

const digest = (text: string) => createHash('sha256').update(text).digest()

/** Lets pass who knows the key, as `Authorization: Bearer KEY` or `X-API-Key: KEY`; compared in constant time. */
export function authorise(apiKey: string): MiddlewareHandler {
  const wanted = digest(apiKey)
  return async ({ req }, next) => {
    const bearer = /^Bearer +(.+)$/i.exec(req.header('authorization') ?? '')?.[1]
    const given = bearer ?? req.header('x-api-key')
    if (given === undefined || !timingSafeEqual(digest(given), wanted)) {
      throw new RequestError({
        status: 401,
        code: 'KEY_WRONG',
        message: given === undefined ? 'This server wants a key.' : 'The key is not the one of this server.',
        fix: 'Send it as Authorization: Bearer KEY.',
      })
    }
    await next()
  }
}
