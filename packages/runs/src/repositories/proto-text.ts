/** A word that stands in the text without quotes: a constant of an enumeration. */
export class Constant {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

type Scalar = string | number | boolean | Constant

/** A message of protocol buffers by the names of its fields. */
export interface Message {
  readonly [field: string]: Scalar | Message | readonly Scalar[] | readonly Message[]
}

/**
 * A message in the text format of protocol buffers.
 *
 * @example
 * ```ts
 * protoText({ name: 'digits', input: [{ dims: [4] }] }) // name: "digits"\ninput {\n  dims: [4]\n}\n
 * ```
 */
export function protoText(message: Message, indent = ''): string {
  return Object.entries(message)
    .flatMap(([field, value]) => {
      if (!Array.isArray(value)) return line(field, value as Scalar | Message, indent)
      // Messages that repeat stand one after another; scalars in a list, which may be empty.
      const items = value as readonly (Scalar | Message)[]
      if (items.length > 0 && !items.every(isScalar)) return items.map((each) => line(field, each, indent))
      return `${indent}${field}: [${items.map((each) => scalar(each as Scalar)).join(', ')}]\n`
    })
    .join('')
}

function line(field: string, value: Scalar | Message, indent: string): string {
  if (isScalar(value)) return `${indent}${field}: ${scalar(value)}\n`
  return `${indent}${field} {\n${protoText(value, `${indent}  `)}${indent}}\n`
}

function isScalar(value: Scalar | Message): value is Scalar {
  return typeof value !== 'object' || value instanceof Constant
}

function scalar(value: Scalar): string {
  if (value instanceof Constant) return value.name
  return typeof value === 'string' ? quoted(value) : String(value)
}

/** Bytes that are no plain letters are written in octal: every reader knows that. */
function quoted(text: string): string {
  const bytes = Array.from(new TextEncoder().encode(text), (byte) => {
    const isPlain = byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c
    return isPlain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`
  })
  return `"${bytes.join('')}"`
}
