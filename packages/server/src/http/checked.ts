import type { z } from '@hono/zod-openapi'
import type { Exchange } from './exchange.ts'
import { RequestError } from './request-error.ts'

/** What a client sent, as a schema wants it. @throws RequestError `REQUEST_INVALID`, which says where */
export function checked<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [{ path, message } = { path: [], message: 'is not as it should be' }] = result.error.issues
  const place = path.map(String).join('.')
  throw new RequestError({
    status: 422,
    code: 'REQUEST_INVALID',
    message: `${place === '' ? '' : `${place}: `}${message}`,
    fix: '/openapi.json says what there is.',
  })
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
