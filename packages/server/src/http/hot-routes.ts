import type { IncomingMessage, ServerResponse } from 'node:http'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { type Answer, asResponse, sendByNode } from './answer.ts'
import { refusalOf } from './answer-error.ts'
import { type Exchange, exchangeOf, NodeExchange, rawHeader } from './exchange.ts'
import { secure } from './headers.ts'
import { Observed, type Observers } from './observe-requests.ts'
import { SMALL } from './read-body.ts'
import type { UnderWay } from './under-way.ts'

/**
 * A POST that is asked by the thousand. Its answer is a function of an {@link Exchange}, so that it can be had in two ways: through
 * Hono, and from Node's server at once. The detour through Hono and the Web's objects costs several times Node's whole HTTP.
 */
export interface HotRoute {
  /** `/v2/models/:model/infer`, as Hono writes it. */
  readonly pattern: string
  handle(exchange: Exchange, names: RouteNames): Promise<Answer>
}

/** What addresses of such routes name. */
interface RouteNames {
  readonly model: string
  readonly version?: string
}

/** The way through Hono, which takes every request. */
export function hostRoutes(app: OpenAPIHono, routes: readonly HotRoute[]): void {
  for (const { pattern, handle } of routes) {
    app.post(pattern, async (context) =>
      asResponse(context, await handle(exchangeOf(context), context.req.param() as unknown as RouteNames)),
    )
  }
}

/** What stands before the routes. */
export interface Surroundings {
  readonly observers: Observers
  readonly underWay: UnderWay
  /** Each throws what a client is told. */
  readonly checks: readonly ((exchange: Exchange) => unknown)[]
}

/** Answers a request of Node's server, or leaves it to others and says so with `false`. */
export type TakeRequest = (incoming: IncomingMessage, outgoing: ServerResponse) => boolean

/** Names that are written as they are: whatever else addresses can have is for Hono to read. */
const PLAIN = /^[\w.~-]+$/

/** A name or a number and a port. Others are refused by Hono's own words. */
const PLAIN_HOST = /^[A-Za-z0-9.:[\]-]+$/

/** The way from Node's server at once, for requests without anything unusual: short bodies of a length that is told. */
export function takeAtOnce(routes: readonly HotRoute[], surroundings: Surroundings): TakeRequest {
  const paths = routes.map((route) => ({ route, parts: route.pattern.split('/') }))
  return (incoming, outgoing) => {
    if (incoming.method !== 'POST' || !isUsual(incoming)) return false
    const parts = incoming.url!.split('/')
    for (const { route, parts: pattern } of paths) {
      const names = namesIn(parts, pattern)
      if (names === undefined) continue
      const work = () => answerAtOnce(route, names, incoming, outgoing, surroundings)
      surroundings.underWay.during(work).catch((error) => outgoing.destroy(error))
      return true
    }
    return false
  }
}

function isUsual(incoming: IncomingMessage): boolean {
  const [length, host] = [rawHeader(incoming, 'content-length'), rawHeader(incoming, 'host')]
  return length !== undefined && Number(length) <= SMALL && host !== undefined && PLAIN_HOST.test(host)
}

function namesIn(parts: readonly string[], pattern: readonly string[]): RouteNames | undefined {
  if (parts.length !== pattern.length) return undefined
  const names: Record<string, string> = {}
  for (let index = 0; index < parts.length; index++) {
    const [part, wanted] = [parts[index]!, pattern[index]!]
    if (!wanted.startsWith(':')) {
      if (part !== wanted) return undefined
    } else if (PLAIN.test(part)) names[wanted.slice(1)] = part
    else return undefined
  }
  return names as unknown as RouteNames
}

async function answerAtOnce(
  { pattern, handle }: HotRoute,
  names: RouteNames,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { observers, checks }: Surroundings,
): Promise<void> {
  const exchange = new NodeExchange(incoming, outgoing)
  const observed = new Observed(exchange, observers)
  let made: Answer
  try {
    for (const check of checks) check(exchange)
    made = await handle(exchange, names)
  } catch (error) {
    made = refusalOf(error, incoming.url!)
    if (made.status >= 500) observed.failed(error)
  }
  const { status, headers } = made
  secure(headers)
  observed.answered({ method: 'POST', route: pattern, status }, headers)
  sendByNode(outgoing, made)
}
