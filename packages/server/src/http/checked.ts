import { GantryError } from '@gantry/core'
import { parseConfig } from '@gantry/training'
import type { z } from '@hono/zod-openapi'
import type { Exchange } from './exchange.ts'
import { RequestError } from './request-error.ts'

/**
 * What a client sent, as a schema wants it.
 *
 * @param what it is, at the start of a sentence
 * @throws RequestError `REQUEST_INVALID`, which says where
 */
export function checked<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what = 'The request',
): z.output<Schema> {
  try {
    return parseConfig(schema, value, what)
  } catch (cause) {
    if (!GantryError.isInstance(cause)) throw cause
    const fix = '/openapi.json says what there is.'
    throw new RequestError({ status: 422, code: 'REQUEST_INVALID', message: cause.problem, fix })
  }
}

/**
 * Refuses a body of another content type: browsers send such for pages of other sites without asking.
 *
 * @throws RequestError `CONTENT_TYPE_WRONG`
 */
export function checkContentType(request: Pick<Exchange, 'header'>): void {
  const type = request.header('content-type') ?? ''
  if (/^application\/json *(;|$)/i.test(type)) return
  throw new RequestError({
    status: 415,
    code: 'CONTENT_TYPE_WRONG',
    message: 'The body is to be application/json.',
    fix: 'Send the header content-type: application/json.',
  })
}
