const METADATA_PROPERTIES = 14
const KEY = 1
const VALUE = 2

const VARINT = 0
const FIXED_64 = 1
const LENGTH_DELIMITED = 2
const FIXED_32 = 5

/**
 * Text properties of an ONNX file (`metadata_props`), which ONNX Runtime's JavaScript API does not show.
 *
 * Walks the fields of the outer message only: a graph of any size is one step. For bytes that ONNX Runtime has loaded.
 */
export function readModelMetadata(model: Uint8Array): Record<string, string> {
  // Files choose the keys: one that every object has must be a key as any other.
  const metadata: Record<string, string> = Object.create(null)
  for (const [field, entry] of messageFields(model)) {
    if (field !== METADATA_PROPERTIES) continue
    const texts = new Map<number, string>()
    for (const [part, bytes] of messageFields(entry)) texts.set(part, new TextDecoder().decode(bytes))
    metadata[texts.get(KEY) ?? ''] = texts.get(VALUE) ?? ''
  }
  return metadata
}

/** The length-delimited fields of a protobuf message: number and content. */
function* messageFields(message: Uint8Array): Generator<[field: number, content: Uint8Array]> {
  let offset = 0
  const varint = () => {
    let value = 0
    let factor = 1
    // Products instead of shifts: lengths beyond 2^31 are legal.
    for (let byte = 0x80; byte >= 0x80 && offset < message.length; factor *= 0x80) {
      byte = message[offset++]!
      value += (byte & 0x7f) * factor
    }
    return value
  }
  while (offset < message.length) {
    const tag = varint()
    const wireType = tag % 8
    if (wireType === LENGTH_DELIMITED) {
      const length = varint()
      yield [Math.floor(tag / 8), message.subarray(offset, offset + length)]
      offset += length
    } else if (wireType === VARINT) varint()
    else if (wireType === FIXED_64) offset += 8
    else if (wireType === FIXED_32) offset += 4
    else return
  }
}
