import { Ajv2020 } from 'ajv/dist/2020.js'
import { tinyServer } from '../../../server/src/testing/tiny-server.ts'

// biome-ignore lint/suspicious/noExplicitAny: documents are looked into, whatever they are
export type Json = any

/** The tiny server of @gantry/server, and a `fetch` that holds every request and every answer beside its OpenAPI document. */
export async function documentedServer(options: Parameters<typeof tinyServer>[0] = {}) {
  const tiny = await tinyServer(options)
  const document: Json = await (await tiny.ask('/openapi.json')).json()
  const ajv = new Ajv2020({ strict: false, validateFormats: false }).addSchema(closed(document), 'document')
  /** Operations that were asked for: `POST /v1/models/{model}/generate`. */
  const asked = new Set<string>()

  const check = (pointer: readonly string[], value: Json) => {
    const path = pointer.map((each) => encodeURIComponent(each.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')
    const validate = ajv.getSchema(`document#/${path}/schema`)
    if (validate === undefined) throw new Error(`The document has no schema at ${pointer.join(' ')}.`)
    if (!validate(value)) throw new Error(`${pointer.join(' ')}: ${ajv.errorsText(validate.errors)}`)
  }

  const fetch = async (url: string, init: RequestInit = {}): Promise<Response> => {
    const request = new Request(url, init)
    const method = request.method.toLowerCase()
    const { pathname, searchParams } = new URL(url)
    const path = Object.keys(document.paths).find((each) => matches(each, pathname) && document.paths[each][method])
    if (path === undefined) throw new Error(`The document has no ${request.method} ${pathname}.`)
    asked.add(`${request.method} ${path}`)
    const operation = document.paths[path][method]
    const known = (operation.parameters ?? [])
      .filter((each: Json) => each.in === 'query')
      .map((each: Json) => each.name)
    if (searchParams.size > 0 && known.length === 0) throw new Error(`${path} takes no query.`)
    if (operation.requestBody !== undefined) {
      const type = request.headers.get('content-type')!
      if (!(type in operation.requestBody.content)) throw new Error(`${path} takes no ${type}.`)
      // The document cannot say that of bytes, but their head is the JSON of the same request.
      const place = ['paths', path, method, 'requestBody', 'content', 'application/json']
      check(place, await jsonOf(request))
    }
    const answer = await tiny.server.fetch(new Request(url, init))
    const { content = {} } = operation.responses[answer.status] ?? {}
    const type = answer.headers.get('content-type')!.split(';')[0]!
    if (!(type in content))
      throw new Error(`${path} answers ${answer.status} ${type}, which the document does not say.`)
    const json = await jsonOf(answer.clone())
    if (json !== undefined) {
      check(['paths', path, method, 'responses', String(answer.status), 'content', 'application/json'], json)
    }
    return answer
  }
  return { ...tiny, document, asked, fetch }
}

function matches(template: string, path: string): boolean {
  return new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path)
}

/** JSON, all of it or the head of bytes; undefined where there is none. */
async function jsonOf(message: Request | Response): Promise<Json> {
  const bytes = new Uint8Array(await message.clone().arrayBuffer())
  const length = message.headers.get('inference-header-content-length')
  if (length !== null) return JSON.parse(new TextDecoder().decode(bytes.subarray(0, Number(length))))
  const isJson = message.headers.get('content-type')?.startsWith('application/json')
  return isJson ? JSON.parse(new TextDecoder().decode(bytes)) : undefined
}

/** The same schemas, which know no other keys than they name: what is answered and not documented is found. */
function closed(document: Json): Json {
  if (typeof document !== 'object' || document === null) return document
  if (Array.isArray(document)) return document.map(closed)
  const inner = Object.fromEntries(Object.entries(document).map(([key, value]) => [key, closed(value)]))
  const isOpenObject = document.type === 'object' && document.properties && document.additionalProperties === undefined
  return isOpenObject ? { ...inner, additionalProperties: false } : inner
}
