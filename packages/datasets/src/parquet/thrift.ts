/** Fields of a structure by their numbers. What no reader of pages needs, texts and lists, is passed over. */
export type ThriftFields = ReadonlyMap<number, number | boolean | ThriftFields>

/** Structures of parquet lie three deep; deeper ones are damage. */
const MAXIMUM_DEPTH = 16

/**
 * Reads structures of Thrift's compact protocol, as the headers of parquet's pages are written, one behind the other.
 *
 * @see https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
export class ThriftReader {
  readonly #view: DataView
  position = 0

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** @throws RangeError where the bytes end early, or are no structure */
  struct(depth = 0): ThriftFields {
    if (depth > MAXIMUM_DEPTH) throw new RangeError('the header of a page is no structure')
    const fields = new Map<number, number | boolean | ThriftFields>()
    let number = 0
    for (;;) {
      const byte = this.uint8()
      if ((byte & 0x0f) === 0) return fields
      number = byte >> 4 === 0 ? this.#zigzag() : number + (byte >> 4)
      const value = this.#value(byte & 0x0f, depth)
      if (value !== undefined) fields.set(number, value)
    }
  }

  uint8(): number {
    return this.#view.getUint8(this.#take(1))
  }

  /** Seven bits a byte, the lowest first. */
  varint(): number {
    let value = 0
    for (let shift = 1; ; shift *= 128) {
      const byte = this.uint8()
      value += (byte & 0x7f) * shift
      if (byte < 128) return value
      if (shift > 2 ** 63) throw new RangeError('a number in the header of a page has no end')
    }
  }

  #value(type: number, depth: number): number | boolean | ThriftFields | undefined {
    if (type === 1 || type === 2) return type === 1
    if (type === 3) return this.uint8()
    if (type >= 4 && type <= 6) return this.#zigzag()
    if (type === 12) return this.struct(depth + 1)
    if (type === 7) this.#take(8)
    else if (type === 8) this.#take(this.varint())
    else if (type === 9 || type === 10) this.#list(depth)
    else throw new RangeError('the header of a page is no structure')
    return undefined
  }

  #list(depth: number): void {
    const head = this.uint8()
    const count = head >> 4 === 15 ? this.varint() : head >> 4
    for (let index = 0; index < count; index++) {
      // Elements that are true or false take a byte each, other than fields.
      if ((head & 0x0f) <= 2) this.#take(1)
      else this.#value(head & 0x0f, depth + 1)
    }
  }

  #zigzag(): number {
    const value = this.varint()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  #take(length: number): number {
    if (this.position + length > this.#view.byteLength) throw new RangeError('a page ends early')
    this.position += length
    return this.position - length
  }
}
