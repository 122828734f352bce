import { createHash, timingSafeEqual } from 'node:crypto'
import type { Exchange } from './exchange.ts'
import { RequestError } from './request-error.ts'

const digest = (text: string) => createHash('sha256').update(text).digest()

/**
 * Lets pass who knows the key, as `Authorization: Bearer KEY` or `X-API-Key: KEY`; compared in constant time.
 *
 * @returns (throws) RequestError `KEY_WRONG`
 */
export function keyCheck(apiKey: string): (request: Pick<Exchange, 'header'>) => void {
  const wanted = digest(apiKey)
  return (request) => {
    const bearer = /^Bearer +(.+)$/i.exec(request.header('authorization') ?? '')?.[1]
    const given = bearer ?? request.header('x-api-key')
    if (given !== undefined && timingSafeEqual(digest(given), wanted)) return
    throw new RequestError({
      status: 401,
      code: 'KEY_WRONG',
      message: given === undefined ? 'This server wants a key.' : 'The key is not the one of this server.',
      fix: 'Send it as Authorization: Bearer KEY.',
    })
  }
}
