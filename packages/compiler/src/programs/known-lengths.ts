import { ndarray } from '@gantry/core'
import { attribute } from '@gantry/onnx'
import type { LengthWriter } from './length-writer.ts'

/** What one integer was in every recording. */
export type Numbers = readonly number[]

/** An integer that the graph can compute when it runs: `emit` writes it as an int64 vector of one. */
interface Quantity {
  readonly numbers: Numbers
  readonly emit: () => string
}

/** Writes a value and returns its name. */
export type Emit = () => string

/** Products are tried of this many quantities: inputs' lengths come first, and then those of values nearest to them. */
const FACTORS = 24

/**
 * The integers that a graph knows when it runs, and how to say others by them.
 *
 * TF.js tells lengths as plain numbers, so what a number meant is found by what it was in every recording: recordings are made
 * at several lengths, odd and even, so that a formula that holds in all of them is the one that was meant.
 */
export class KnownLengths {
  readonly #writer: LengthWriter
  readonly #quantities = new Map<string, Quantity>()

  constructor(writer: LengthWriter) {
    this.#writer = writer
  }

  add(numbers: Numbers, emit: Emit): void {
    const key = numbers.join()
    if (isConstant(numbers) || this.#quantities.has(key)) return
    this.#quantities.set(key, { numbers, emit: () => this.#writer.once(`quantity ${key}`, emit) })
  }

  /** How to compute an integer: as a quantity, by a quantity times and plus a constant, divided and rounded, or as a product. */
  integer(numbers: Numbers): Emit | undefined {
    if (isConstant(numbers)) return () => this.#writer.constant([numbers[0]!])
    if (!numbers.every(Number.isSafeInteger)) return undefined
    return (
      this.#quantities.get(numbers.join())?.emit ??
      this.#linear(numbers) ??
      this.#quotient(numbers) ??
      this.#product(numbers)
    )
  }

  /** How to compute a float32 scalar: an integer times a constant, or a constant divided by one. */
  float(numbers: Numbers): Emit | undefined {
    if (isConstant(numbers)) return () => this.#float(numbers[0]!)
    for (const { numbers: own, emit } of this.#products()) {
      const cast = () => this.#writer.node('Cast', [emit()], { to: attribute.int(1) })
      const factor = common(numbers.map((number, index) => number / own[index]!))
      if (factor !== undefined) return () => this.#writer.node('Mul', [cast(), this.#float(factor)])
      const dividend = common(numbers.map((number, index) => number * own[index]!))
      if (dividend !== undefined) return () => this.#writer.node('Div', [this.#float(dividend), cast()])
    }
    return undefined
  }

  #float(number: number): string {
    return this.#writer.array(`float ${number}`, () => ndarray('float32', [1], Float32Array.of(number)))
  }

  #linear(numbers: Numbers): Emit | undefined {
    for (const { numbers: own, emit } of this.#quantities.values()) {
      const other = own.findIndex((number) => number !== own[0])
      const factor = (numbers[other]! - numbers[0]!) / (own[other]! - own[0]!)
      const constant = numbers[0]! - factor * own[0]!
      if (!Number.isInteger(factor) || !own.every((number, index) => constant + factor * number === numbers[index]))
        continue
      return () => {
        const scaled = factor === 1 ? emit() : this.#writer.node('Mul', [emit(), this.#writer.constant([factor])])
        return constant === 0 ? scaled : this.#writer.node('Add', [scaled, this.#writer.constant([constant])])
      }
    }
    return undefined
  }

  /** ⌊quantity / divisor⌋ or ⌈quantity / divisor⌉. */
  #quotient(numbers: Numbers): Emit | undefined {
    for (const { numbers: own, emit } of this.#quantities.values()) {
      const divisor = Math.round(own[0]! / numbers[0]!)
      if (divisor < 2) continue
      const divided = (surplus: number) =>
        own.every((number, index) => Math.floor((number + surplus) / divisor) === numbers[index])
      const surplus = [0, divisor - 1].find(divided)
      if (surplus === undefined) continue
      return () => {
        const dividend = surplus === 0 ? emit() : this.#writer.node('Add', [emit(), this.#writer.constant([surplus])])
        return this.#writer.node('Div', [dividend, this.#writer.constant([divisor])])
      }
    }
    return undefined
  }

  /** A product of quantities, times or divided by a constant. */
  #product(numbers: Numbers): Emit | undefined {
    for (const { numbers: own, emit } of this.#products()) {
      const factor = common(
        numbers.map((number, index) => number / own[index]!),
        0,
      )
      if (factor !== undefined && Number.isInteger(factor))
        return () => this.#writer.node('Mul', [emit(), this.#writer.constant([factor])])
      const divisor = common(
        numbers.map((number, index) => own[index]! / number),
        0,
      )
      if (divisor !== undefined && Number.isInteger(divisor))
        return () => this.#writer.node('Div', [emit(), this.#writer.constant([divisor])])
    }
    return undefined
  }

  /** Quantities, products of two of them and of three. */
  *#products(): Generator<Quantity> {
    const factors = [...this.#quantities.values()].slice(0, FACTORS)
    const times = (left: Quantity, right: Quantity): Quantity => ({
      numbers: left.numbers.map((number, index) => number * right.numbers[index]!),
      emit: () => this.#writer.node('Mul', [left.emit(), right.emit()]),
    })
    yield* factors
    for (const [index, left] of factors.entries()) for (const right of factors.slice(index)) yield times(left, right)
    for (const [index, left] of factors.entries()) {
      for (const [second, middle] of factors.slice(index).entries()) {
        const pair = times(left, middle)
        for (const right of factors.slice(index + second)) yield times(pair, right)
      }
    }
  }
}

export function isConstant(numbers: Numbers): boolean {
  return numbers.every((number) => number === numbers[0])
}

/** The number that all of these are, up to float32's rounding; undefined where they differ. */
function common(numbers: Numbers, tolerance = 1e-6): number | undefined {
  const [first] = numbers as [number]
  const same = numbers.every((number) => Math.abs(number - first) <= tolerance * Math.abs(first))
  return same && Number.isFinite(first) && first !== 0 ? first : undefined
}
