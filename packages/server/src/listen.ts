import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ConfigurationError } from '@gantry/core'
import { getRequestListener } from '@hono/node-server'
import { boundConnections } from './http/bound-connections.ts'
import { isLoopback } from './http/check-host.ts'
import type { ServerLimits } from './limits.ts'
import type { ServerApp } from './server-app.ts'

export interface ListenOptions {
  /** Default: 8080; 0 takes a free one. */
  readonly port?: number
  /** Default: 127.0.0.1, which only this machine reaches. */
  readonly host?: string
  /** Whether others may ask without a key. */
  readonly force?: boolean
  /** At a time; where there are more, the one that has been silent for longest is ended. Default: 4096. */
  readonly connections?: number
}

export interface Address {
  readonly host: string
  readonly port: number
  readonly url: string
}

export interface Listening {
  readonly address: Address
  readonly isLoopback: boolean
  /** @param milliseconds after which connections that are not answered yet are ended */
  close(milliseconds: number): Promise<void>
}

const LAST_PORT = 65_535

/** Connections at a time. */
const MOST_CONNECTIONS = 4096

/** From when the server says that it is not ready to when it takes no more: what is on its way arrives. */
const GRACE_MILLISECONDS = 300

/** @throws ConfigurationError `HOST_OPEN`, `HOST_UNUSABLE`, `PORT_INVALID`, `PORT_TAKEN` */
export async function listen(
  { hono, take }: ServerApp,
  { port = 8080, host = '127.0.0.1', force = false, connections = MOST_CONNECTIONS }: ListenOptions,
  { hasKey, limits }: { readonly hasKey: boolean; readonly limits: ServerLimits },
): Promise<Listening> {
  if (!isLoopback(host) && !hasKey && !force) {
    throw new ConfigurationError({
      code: 'HOST_OPEN',
      message: `On ${host} everybody who reaches this machine could use the models.`,
      fix: 'Set a key (GANTRY_API_KEY), or say that everybody may: --force.',
    })
  }
  if (!Number.isInteger(port) || port < 0 || port > LAST_PORT) {
    throw new ConfigurationError({
      code: 'PORT_INVALID',
      message: `Ports are whole numbers from 0 to ${LAST_PORT}, not ${port}.`,
      fix: 'Choose one from 1024 on, or 0 for a free one.',
    })
  }
  const byHono = getRequestListener(hono.fetch, { overrideGlobalObjects: false })
  const settings = {
    // Who sends headers or a body slowly holds a connection: not for longer than that.
    headersTimeout: Math.min(10_000, limits.milliseconds),
    requestTimeout: limits.milliseconds,
    connectionsCheckingInterval: 1000,
    keepAliveTimeout: 5_000,
    maxHeaderSize: 16 * 2 ** 10,
  }
  const server = createServer(settings, (incoming, outgoing) => {
    if (!take?.(incoming, outgoing)) void byHono(incoming, outgoing)
  })
  // Who never reads an answer holds its connection, and the answer: for as long as the longest request may take to arrive and be made.
  server.setTimeout(2 * limits.milliseconds)
  const endSilent = boundConnections(server, connections)
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(notBound(host, port, cause)))
    server.listen(port, host, resolve)
  })
  const bound = (server.address() as AddressInfo).port
  const named = host.includes(':') ? `[${host}]` : host
  return {
    address: { host, port: bound, url: `http://${named}:${bound}` },
    isLoopback: isLoopback(host),
    close: (milliseconds) => closeGently(server, endSilent, milliseconds),
  }
}

async function closeGently(server: Server, endSilent: () => void, milliseconds: number): Promise<void> {
  const late = setTimeout(() => server.closeAllConnections(), milliseconds)
  await new Promise((resolve) => setTimeout(resolve, Math.min(GRACE_MILLISECONDS, milliseconds)))
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
    endSilent()
  })
  clearTimeout(late)
}

function notBound(host: string, port: number, cause: Error): ConfigurationError {
  const { code } = cause as NodeJS.ErrnoException
  const isOfPort = code === 'EADDRINUSE' || code === 'EACCES'
  return new ConfigurationError({
    code: code === 'EADDRINUSE' ? 'PORT_TAKEN' : 'HOST_UNUSABLE',
    message: `${host}:${port} cannot be listened at: ${code === 'EADDRINUSE' ? 'another program does' : cause.message}.`,
    fix: isOfPort
      ? 'Choose another port, or 0 for a free one: --port 0.'
      : 'Choose an address of this machine: --host 127.0.0.1.',
    cause,
  })
}
