import type { Exchange } from './exchange.ts'
import { RequestError } from './request-error.ts'

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i

/** Whether a host is this machine alone. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host) || host === '::1'
}

/**
 * Refuses requests that a page of another site sends to this machine under its own name (DNS rebinding): to a server that only this
 * machine can reach, browsers speak of `localhost`.
 *
 * @throws RequestError `HOST_REFUSED`
 */
export function checkName(request: Pick<Exchange, 'header'>): void {
  const host = (request.header('host') ?? 'localhost').replace(/:\d+$/, '')
  if (isLoopback(host)) return
  throw new RequestError({
    status: 403,
    code: 'HOST_REFUSED',
    message: 'This server is reached as localhost only.',
    fix: 'Use that name, or start the server with --host and a key.',
  })
}
