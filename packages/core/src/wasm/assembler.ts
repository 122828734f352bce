/** WebAssembly instructions as bytes, the operands' first: what an expression leaves on the stack comes before what uses it. */
export type Code = readonly number[]

/** Unsigned LEB128. */
function unsigned(value: number): number[] {
  const bytes = []
  let rest = value
  do {
    const low = rest & 0x7f
    rest >>>= 7
    bytes.push(rest === 0 ? low : low | 0x80)
  } while (rest !== 0)
  return bytes
}

/** Signed LEB128 of a small integer. */
function signed(value: number): number[] {
  const bytes = []
  let rest = value
  for (;;) {
    const low = rest & 0x7f
    rest >>= 7
    if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) return [...bytes, low]
    bytes.push(low | 0x80)
  }
}

const section = (id: number, content: Code) => [id, ...unsigned(content.length), ...content]
const vector = (items: readonly Code[]) => [...unsigned(items.length), ...items.flat()]
const named = (name: string) => vector([...new TextEncoder().encode(name)].map((byte) => [byte]))
const simd = (opcode: number) => [0xfd, ...unsigned(opcode)]

const valueTypes = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const
export type ValueType = keyof typeof valueTypes

const unary =
  (...opcode: number[]) =>
  (operand: Code): Code => [...operand, ...opcode]
const binary =
  (...opcode: number[]) =>
  (left: Code, right: Code): Code => [...left, ...right, ...opcode]

/** The few instructions that Gantry's kernels use, as functions of their operands. Addresses are bytes. A pair is two float64, four are float32. */
export const op = {
  i32: (value: number): Code => [0x41, ...signed(value)],
  addInteger: binary(0x6a),
  subtractInteger: binary(0x6b),
  multiplyInteger: binary(0x6c),
  shiftLeft: binary(0x74),
  lessThan: binary(0x49),
  add: binary(...simd(0xf0)),
  subtract: binary(...simd(0xf1)),
  multiply: binary(...simd(0xf2)),
  addFour: binary(...simd(0xe4)),
  subtractFour: binary(...simd(0xe5)),
  multiplyFour: binary(...simd(0xe6)),
  divideFour: binary(...simd(0xe7)),
  rootFour: unary(...simd(0xe3)),
  /** Four equal lanes of a float32. */
  splatFour: unary(...simd(0x13)),
  addScalar: binary(0xa0),
  multiplyScalar: binary(0xa2),
  /** Two equal lanes of a scalar in memory. */
  loadSplat: (address: Code, offset = 0): Code => [...address, ...simd(0x0a), 3, ...unsigned(offset)],
  loadPair: (address: Code, offset = 0): Code => [...address, ...simd(0x00), 3, ...unsigned(offset)],
  storePair: (address: Code, value: Code, offset = 0): Code => [
    ...address,
    ...value,
    ...simd(0x0b),
    3,
    ...unsigned(offset),
  ],
  loadScalar: (address: Code, offset = 0): Code => [...address, 0x2b, 3, ...unsigned(offset)],
  storeScalar: (address: Code, value: Code, offset = 0): Code => [...address, ...value, 0x39, 3, ...unsigned(offset)],
  zeroPair: [...simd(0x0c), ...new Array<number>(16).fill(0)] as Code,
  lane: (pair: Code, lane: 0 | 1): Code => [...pair, ...simd(0x21), lane],
  /** The body once and again while the condition is not zero. */
  doWhile: (body: Code, condition: Code): Code => [0x03, 0x40, ...body, ...condition, 0x0d, 0, 0x0b],
  when: (condition: Code, body: Code): Code => [...condition, 0x04, 0x40, ...body, 0x0b],
} as const

/** Parameters and local variables of one function, by name. */
export class Locals {
  readonly #types: readonly ValueType[]
  readonly #parameterCount: number
  readonly #indices: ReadonlyMap<string, number>

  constructor(parameters: Readonly<Record<string, ValueType>>, locals: Readonly<Record<string, ValueType>>) {
    const all = Object.entries({ ...parameters, ...locals })
    this.#types = all.map(([, type]) => type)
    this.#parameterCount = Object.keys(parameters).length
    this.#indices = new Map(all.map(([name], index) => [name, index]))
  }

  get(name: string): Code {
    return [0x20, ...unsigned(this.#indices.get(name)!)]
  }

  set(name: string, value: Code): Code {
    return [...value, 0x21, ...unsigned(this.#indices.get(name)!)]
  }

  /** Signature and body of the function, to be put into a module. */
  define(body: Code): WasmFunction {
    const parameters = this.#types.slice(0, this.#parameterCount).map((type) => [valueTypes[type]])
    const locals = this.#types.slice(this.#parameterCount).map((type) => [1, valueTypes[type]])
    const code = [...vector(locals), ...body, 0x0b]
    return { signature: [0x60, ...vector(parameters), 0], code: [...unsigned(code.length), ...code] }
  }
}

/** So many variables of one type: `a0`, `a1` … */
export function numbered(stem: string, count: number, type: ValueType): Record<string, ValueType> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`${stem}${index}`, type]))
}

export interface WasmFunction {
  readonly signature: Code
  readonly code: Code
}

/** Pages of 64 kB of a memory, at most: as many as there are addresses. */
const MOST_PAGES = 65_536

/**
 * A module of these functions, which imports its memory as `environment.memory`.
 *
 * @param options shared: whether that is memory which several threads share
 */
export function assembleModule(
  functions: Readonly<Record<string, WasmFunction>>,
  { shared = false }: { readonly shared?: boolean } = {},
): Uint8Array<ArrayBuffer> {
  const entries = Object.entries(functions)
  // Shared memory has to say how far it may grow.
  const memory = shared ? [2, 3, 0, ...unsigned(MOST_PAGES)] : [2, 0, 1]
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector(entries.map(([, { signature }]) => signature))),
    ...section(2, vector([[...named('environment'), ...named('memory'), ...memory]])),
    ...section(3, vector(entries.map((_, index) => unsigned(index)))),
    ...section(7, vector(entries.map(([name], index) => [...named(name), 0, ...unsigned(index)]))),
    ...section(10, vector(entries.map(([, { code }]) => code))),
  ])
}
