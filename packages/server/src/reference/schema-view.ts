import { html } from 'hono/html'
import type { Html, Schema } from './document.ts'

const REFERENCE = '#/components/schemas/'

/** The type of a value in a line: `1 to 256`, `"png" or "webp"`, `array of Model`. */
export function typeOf(schema: Schema): Html {
  const { $ref, anyOf, items, type, additionalProperties, format } = schema
  if ($ref !== undefined) {
    const name = $ref.slice(REFERENCE.length)
    return html`<a href="#${name}">${name}</a>`
  }
  if (schema.enum !== undefined) return html`${schema.enum.map((each) => JSON.stringify(each)).join(' or ')}`
  if (anyOf !== undefined) return html`${anyOf.map((each, index) => html`${index > 0 ? ' or ' : ''}${typeOf(each)}`)}`
  if (items !== undefined) return html`array${limits(schema)} of ${typeOf(items)}`
  if (additionalProperties !== undefined && additionalProperties !== false && schema.properties === undefined) {
    return Object.keys(additionalProperties).length === 0
      ? html`object of anything`
      : html`object of ${typeOf(additionalProperties)}`
  }
  return html`${format === 'binary' ? 'bytes' : (type ?? 'anything')}${limits(schema)}`
}

/** The fields of an object, each with its own below it. */
export function fieldsOf(schema: Schema): Html {
  const { properties, required = [] } = schema
  if (properties === undefined) return html``
  return html`<dl>${Object.entries(properties).map(
    ([name, own]) =>
      html`<dt><code>${name}</code> <span>${typeOf(own)}${required.includes(name) ? ', required' : ''}</span></dt>
        <dd>${aboutOf(own)}${fieldsOf(innerOf(own))}</dd>`,
  )}</dl>`
}

/** Its description, usual value and example. */
export function aboutOf(schema: Schema): Html {
  const { description, example } = schema
  const usual = schema.default !== undefined && html` Default: <code>${JSON.stringify(schema.default)}</code>.`
  const instance = example !== undefined && html` Such as <code>${JSON.stringify(example)}</code>.`
  return html`${description ?? ''}${usual || ''}${instance || ''}`
}

/** An object that stands within a list, or among others, has no name of its own. */
function innerOf(schema: Schema): Schema {
  const { items, anyOf } = schema
  return items ?? anyOf?.find(({ properties }) => properties !== undefined) ?? schema
}

function limits({ minimum, maximum, minItems, maxItems, maxLength }: Schema): string {
  const least = minimum ?? minItems
  const most = maximum ?? maxItems ?? maxLength
  if (least !== undefined && most !== undefined) return least === most ? ` (${most})` : ` (${least} to ${most})`
  return most === undefined ? '' : ` (at most ${most})`
}
