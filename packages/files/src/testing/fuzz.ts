import fc from 'fast-check'
import { textEdit } from './text-edits.ts'

/** One change of a file. Never changes its argument. */
type Edit = (bytes: Uint8Array) => Uint8Array

export interface MutationOptions {
  /** The same seed gives the same mutations. */
  readonly seed: number
  readonly count: number
}

/** What a field of a length, a count or an offset may say to do harm. */
const EXTREMES = [
  ...[0n, 1n, 0x7fn, 0x80n, 0xffn, 0x7fffn, 0xffffn, 0x7fff_ffffn, 0x8000_0000n, 0xffff_fff0n, 0xffff_ffffn],
  ...[0x1_0000_0000n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n],
]

/** A place in a file: half of them near its start, where headers lie, an eighth near its end. */
const place = fc.oneof(
  { weight: 4, arbitrary: fc.nat({ max: 255 }).map((offset) => (length: number) => offset % (length || 1)) },
  { weight: 3, arbitrary: fraction().map((part) => (length: number) => Math.floor(part * length)) },
  { weight: 1, arbitrary: fc.nat({ max: 63 }).map((offset) => (length: number) => Math.max(0, length - 1 - offset)) },
)

function fraction() {
  return fc.nat({ max: 2 ** 30 - 1 }).map((value) => value / 2 ** 30)
}

const flipBits = fc.array(fc.tuple(place, fc.nat({ max: 7 })), { minLength: 1, maxLength: 8 }).map(
  (flips): Edit =>
    (bytes) => {
      const edited = bytes.slice()
      for (const [at, bit] of flips) if (edited.length > 0) edited[at(edited.length)]! ^= 1 << bit
      return edited
    },
)

const overwriteBytes = fc.tuple(place, fc.uint8Array({ minLength: 1, maxLength: 8 })).map(
  ([at, content]): Edit =>
    (bytes) =>
      overwritten(bytes, at(bytes.length), content),
)

const overwriteLength = fc
  .tuple(place, fc.constantFrom(...EXTREMES), fc.constantFrom(1, 2, 4, 8), fc.boolean(), fc.nat({ max: 7 }))
  .map(
    ([at, value, width, littleEndian, align]): Edit =>
      (bytes) => {
        const start = at(bytes.length)
        // Fields of many formats lie at whole words; a quarter of these edits does not.
        const aligned = align > 1 ? start - (start % width) : start
        return overwritten(bytes, aligned, integerBytes(value, width, littleEndian))
      },
  )

/** A number in groups of seven bits, as protobuf and thrift write lengths. */
const overwriteVarint = fc.tuple(place, fc.constantFrom(...EXTREMES)).map(
  ([at, value]): Edit =>
    (bytes) =>
      spliced(bytes, at(bytes.length), 1, varintBytes(value)),
)

const truncate = place.map(
  (at): Edit =>
    (bytes) =>
      bytes.slice(0, at(bytes.length)),
)

const insert = fc.tuple(place, fc.uint8Array({ minLength: 1, maxLength: 64 })).map(
  ([at, content]): Edit =>
    (bytes) =>
      spliced(bytes, at(bytes.length), 0, content),
)

const remove = fc.tuple(place, fc.integer({ min: 1, max: 64 })).map(
  ([at, count]): Edit =>
    (bytes) =>
      spliced(bytes, at(bytes.length), count, new Uint8Array()),
)

/** A piece of the file again, at once or somewhere else, between what is there or over it. */
const repeat = fc.tuple(place, place, fc.integer({ min: 1, max: 512 }), fc.boolean()).map(
  ([from, to, length, over]): Edit =>
    (bytes) => {
      const start = from(bytes.length)
      const piece = bytes.slice(start, start + length)
      return over ? overwritten(bytes, to(bytes.length), piece) : spliced(bytes, to(bytes.length), 0, piece)
    },
)

const swapHalves = place.map(
  (at): Edit =>
    (bytes) => {
      const middle = at(bytes.length)
      return joined(bytes.subarray(middle), bytes.subarray(0, middle))
    },
)

const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 4, arbitrary: flipBits },
  { weight: 3, arbitrary: overwriteBytes },
  { weight: 5, arbitrary: overwriteLength },
  { weight: 2, arbitrary: overwriteVarint },
  { weight: 2, arbitrary: truncate },
  { weight: 2, arbitrary: insert },
  { weight: 2, arbitrary: remove },
  { weight: 2, arbitrary: repeat },
  { weight: 1, arbitrary: swapHalves },
  { weight: 5, arbitrary: textEdit },
)

/** Most mutations make one change, so that those behind the first check of a reader are reached; some make several. */
const edits = fc.oneof(
  { weight: 3, arbitrary: edit.map((only) => [only]) },
  { weight: 1, arbitrary: fc.array(edit, { minLength: 2, maxLength: 5 }) },
)

/**
 * Damaged and hostile forms of a file: flipped bits, files cut short, bytes put in and taken out, length fields with
 * extremes (fixed width of both endiannesses and varints), pieces that appear twice, halves exchanged; in what is text,
 * numbers, names, brackets and values replaced by those that readers stumble over. The given bytes are not changed.
 *
 * @example
 * ```ts
 * for (const mutation of mutations(file, { seed: 1, count: 1000 })) await read(mutation)
 * ```
 */
export function* mutations(bytes: Uint8Array, { seed, count }: MutationOptions): Iterable<Uint8Array> {
  for (const steps of fc.sample(edits, { seed, numRuns: count })) {
    yield steps.reduce<Uint8Array>((file, step) => step(file), new Uint8Array(bytes))
  }
}

function overwritten(bytes: Uint8Array, start: number, content: Uint8Array): Uint8Array {
  const edited = bytes.slice()
  edited.set(content.subarray(0, Math.max(0, edited.length - start)), Math.min(start, edited.length))
  return edited
}

/** The bytes with `count` of them replaced from `start` on. */
function spliced(bytes: Uint8Array, start: number, count: number, content: Uint8Array): Uint8Array {
  return joined(bytes.subarray(0, start), content, bytes.subarray(start + count))
}

function joined(...pieces: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(pieces))
}

function integerBytes(value: bigint, width: number, littleEndian: boolean): Uint8Array {
  const bytes = Uint8Array.from({ length: width }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn))
  return littleEndian ? bytes : bytes.reverse()
}

function varintBytes(value: bigint): Uint8Array {
  const bytes: number[] = []
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 0x80n) return Uint8Array.from([...bytes, Number(rest)])
    bytes.push(Number(rest & 0x7fn) | 0x80)
  }
}
