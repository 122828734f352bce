import { truncated } from './weights-errors.ts'

/** Reads the parts of a pickle, one after another. */
export class PickleCursor {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at: number

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#at = start
  }

  get position(): number {
    return this.#at
  }

  uint8(): number {
    return this.#view.getUint8(this.#take(1))
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2), true)
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true)
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4), true)
  }

  uint64(): number {
    return Number(this.#view.getBigUint64(this.#take(8), true))
  }

  /** The only number of a pickle that is big-endian. */
  float64(): number {
    return this.#view.getFloat64(this.#take(8), false)
  }

  bytes(length: number): Uint8Array {
    const from = this.#take(length)
    return this.#bytes.subarray(from, from + length)
  }

  text(length: number): string {
    return new TextDecoder().decode(this.bytes(length))
  }

  /** Up to the end of a line, without it. */
  line(): string {
    const end = this.#bytes.indexOf(10, this.#at)
    if (end === -1) throw truncated('its pickle has no end')
    const line = this.text(end - this.#at)
    this.#take(1)
    return line
  }

  /** Two's complement, little-endian, of any length. */
  integer(length: number): number | bigint {
    const bytes = this.bytes(length)
    let value = 0n
    for (let index = bytes.length - 1; index >= 0; index--) value = (value << 8n) | BigInt(bytes[index]!)
    const signed = BigInt.asIntN(bytes.length * 8, value)
    return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed
  }

  /** `12`, `12L`, and `00` and `01`, which are false and true. */
  plainInteger(): number | boolean {
    const line = this.line()
    return line === '00' || line === '01' ? line === '01' : Number.parseInt(line, 10)
  }

  #take(length: number): number {
    if (this.#at + length > this.#bytes.length) throw truncated('its pickle has no end')
    this.#at += length
    return this.#at - length
  }
}
