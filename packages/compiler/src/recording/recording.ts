import { invertPermutation, ndarray, permuteAxes } from '@gantry/core'
import { type Attribute, attribute, GraphBuilder, int64Vector } from '@gantry/onnx'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import { constantArray, reshapedConstant, uniformValue } from './constants.ts'
import type { NumbersRead } from './known-numbers.ts'
import {
  broadcastShapes,
  identity,
  isIdentity,
  nontrivialAxes,
  type Permutation,
  permute,
  samePermutation,
  sameShape,
} from './layout.ts'
import { aligned, followed, moveOnes, preferredOrder, storedIn, withoutRepeats } from './layout-algebra.ts'
import { type RecordedDType, type RecordedValue, uniformNumber } from './recorded-value.ts'

/** Memory order of each variable in the graph; the logical order where absent. */
export type StateLayouts = Readonly<Record<string, Permutation>>

/**
 * How convolutions are written: `direct` as the operators of ONNX, for graphs that travel; `fast` for training steps, where the
 * weights change and one shape is all there is, in the form that takes a CPU the least time.
 */
export type ConvolutionChoice = 'direct' | 'fast'

export interface RecordingOptions {
  readonly layouts?: StateLayouts
  readonly convolutions?: ConvolutionChoice
}

/** What a recording needs from the backend that it feeds: a home for values, and the values of tensors. */
export interface ValueStore {
  keep(value: RecordedValue): TensorInfo
  find(info: TensorInfo): RecordedValue
}

/**
 * One program on its way to becoming a graph: kernels append nodes here.
 *
 * It decides where data is really moved. {@link place} is the only maker of transposes and expansions.
 */
export class Recording {
  readonly builder: GraphBuilder
  readonly convolutions: ConvolutionChoice
  /** Orders of axes in which variables were wanted, with how often. */
  readonly wishes = new Map<string, Map<string, number>>()
  /** Variables that were read, in the order of their first use. */
  readonly reads = new Set<string>()
  /** Values that the program read and goes on with as plain numbers, such as lengths that it computed. */
  readonly numbersRead: NumbersRead[] = []
  /** The variable that was read last: tells the user where in a network a problem is. */
  lastRead: string | undefined
  readonly #placed = new Map<string, string>()
  readonly #layouts: StateLayouts
  readonly #store: ValueStore

  constructor(name: string, store: ValueStore, { layouts = {}, convolutions = 'direct' }: RecordingOptions = {}) {
    this.builder = new GraphBuilder(name)
    this.convolutions = convolutions
    this.#store = store
    this.#layouts = layouts
  }

  /** A graph input for a feed, as the program sees it. */
  feed(name: string, dtype: RecordedDType, shape: readonly number[]): TensorInfo {
    this.builder.input(name, { dtype, shape })
    return this.keep(name, dtype, shape)
  }

  /** The present value of a variable, as the program sees it. */
  state(name: string, dtype: RecordedDType, shape: readonly number[]): TensorInfo {
    return this.#store.keep(this.stateValue(name, dtype, shape))
  }

  /** A variable, or a weight that is none, in the order of axes in which it lies. */
  stateValue(name: string, dtype: RecordedDType, shape: readonly number[]): RecordedValue {
    const permutation = this.layoutOf(name, shape.length)
    return { dtype, shape, permutation, stored: permute(shape, permutation), source: { kind: 'state', state: name } }
  }

  layoutOf(state: string, rank: number): Permutation {
    return this.#layouts[state] ?? identity(rank)
  }

  /** The graph value that becomes a variable's new content, in the order in which the variable lies. */
  nextState(state: string, info: TensorInfo): string {
    const { dtype, shape, permutation, stored, source } = this.value(info)
    const layout = this.layoutOf(state, shape.length)
    if (!samePermutation(permutation, layout) && nontrivialAxes(stored) > 1) this.#wish(state, permutation)
    // Without `follows`: what is wanted here is the variable's order, whatever it is.
    return this.place({ dtype, shape, permutation, stored, source }, layout)
  }

  /** The recorded value behind a tensor. */
  value(info: TensorInfo): RecordedValue {
    const value = this.#store.find(info)
    return sameShape(value.shape, info.shape) ? value : this.reshaped(value, info.shape)
  }

  /** Makes a tensor of a node's output. `stored` defaults to the full, permuted shape. */
  keep(
    name: string,
    dtype: RecordedDType,
    shape: readonly number[],
    permutation: Permutation = identity(shape.length),
    stored: readonly number[] = permute(shape, permutation),
  ): TensorInfo {
    return this.#store.keep({ dtype, shape, permutation, stored, source: { kind: 'node', name } })
  }

  /** Makes a tensor of a node's output that has the right numbers, in the order of `permutation`, under another shape. */
  keepReshaped(
    name: string,
    dtype: RecordedDType,
    shape: readonly number[],
    permutation: Permutation = identity(shape.length),
  ): TensorInfo {
    return this.keep(this.#reshape(name, permute(shape, permutation)), dtype, shape, permutation)
  }

  keepValue(value: RecordedValue): TensorInfo {
    return this.#store.keep(value)
  }

  /** A tensor of this shape that repeats one number. */
  keepUniform(number: number, dtype: RecordedDType, shape: readonly number[]): TensorInfo {
    return this.#store.keep(uniformValue(number, dtype, shape))
  }

  node(operator: string, inputs: readonly (string | undefined)[], attributes?: Record<string, Attribute>): string {
    return this.builder.node(operator, inputs, attributes)
  }

  /** A constant vector of integers, such as a shape. */
  integers(values: readonly number[]): string {
    return this.builder.constant(int64Vector(values))
  }

  /** A constant vector of places that `Gather` takes; many of them, so that they stay small numbers. */
  places(values: Int32Array<ArrayBuffer>): string {
    return this.builder.constant(ndarray('int32', [values.length], values))
  }

  /** A constant scalar. */
  scalar(number: number, dtype: RecordedDType = 'float32'): string {
    return this.builder.constant(constantArray(dtype, [], [number]))
  }

  /** The graph value of a tensor with all its numbers, axes in the order of `permutation` (default: logical). */
  place(info: TensorInfo | RecordedValue, permutation?: Permutation): string {
    const value = 'dataId' in info ? this.value(info) : info
    const order = permutation ?? identity(value.shape.length)
    const name = this.placeStored(value, order)
    const stored = storedIn(value, order)
    const full = permute(value.shape, order)
    if (sameShape(stored, full)) return name
    return this.#once(`${name}>${full}`, () => this.node('Expand', [name, this.integers(full)]))
  }

  /** Like {@link place}, but repeated axes keep length one. */
  placeStored(value: RecordedValue, permutation: Permutation): string {
    const stored = storedIn(value, permutation)
    const places = invertPermutation(value.permutation)
    const { source } = value
    if (source.kind === 'constant') {
      // From the stored order to the wanted one.
      const move = permutation.map((axis) => places[axis]!)
      return this.builder.constant(permuteAxes(constantArray(value.dtype, value.stored, source.values), move))
    }
    const name = source.kind === 'state' ? this.#read(source.state, value) : source.name
    if (samePermutation(value.permutation, permutation)) return name
    const variable = source.kind === 'state' ? source.state : value.follows
    if (variable !== undefined) this.#wish(variable, permutation)
    const move = permutation.map((axis) => places[axis]!)
    return this.#once(`${name}@${move}`, () =>
      nontrivialAxes(value.stored) <= 1
        ? this.#reshape(name, stored)
        : this.node('Transpose', [name], { perm: attribute.ints(move) }),
    )
  }

  /**
   * Appends a node that works element by element on broadcast operands, in whatever order of axes saves transposes.
   *
   * @param emit makes the node from the operands' graph values
   */
  elementwise(infos: readonly TensorInfo[], dtype: RecordedDType, emit: (operands: string[]) => string): TensorInfo {
    const values = infos.map((info) => this.value(info))
    const shape = broadcastShapes(values.map((value) => value.shape))
    const permutation = preferredOrder(values, shape.length)
    const stored = broadcastShapes(values.map((value) => aligned(value, shape.length, permutation).stored))
    let rank = 0
    const operands = values.map((value) => {
      const number = uniformNumber(value)
      if (number !== undefined) return this.scalar(number, value.dtype)
      const { order, stored: own } = aligned(value, shape.length, permutation)
      const name = this.placeStored(value, order)
      const inPlace = isIdentity(permutation) || order.length === shape.length
      rank = Math.max(rank, inPlace ? order.length : shape.length)
      return inPlace ? name : this.#reshape(name, own)
    })
    const name = emit(operands)
    const follows = followed(values, shape)
    return this.#store.keep({
      dtype,
      shape,
      permutation,
      stored,
      // The operand that gives the result its rank may be a single number, placed as a scalar.
      source: { kind: 'node', name: rank < shape.length ? this.#reshape(name, stored) : name },
      ...(follows !== undefined && { follows }),
    })
  }

  /** The same numbers under another shape of the same size. */
  reshaped(value: RecordedValue, shape: readonly number[]): RecordedValue {
    if (sameShape(value.shape, shape)) return value
    const constant = reshapedConstant(value, shape)
    if (constant !== undefined) return constant
    const moved = moveOnes(value, shape)
    if (moved !== undefined) {
      const name = this.placeStored(value, value.permutation)
      const reshaped = sameShape(moved.stored, value.stored) ? name : this.#reshape(name, moved.stored)
      return { dtype: value.dtype, ...moved, shape, source: { kind: 'node', name: reshaped } }
    }
    const short = withoutRepeats(value, shape)
    if (short !== undefined) return { ...this.reshaped({ ...value, shape: short.from }, short.to), shape }
    const name = this.#reshape(this.place(value), shape)
    return {
      dtype: value.dtype,
      shape,
      permutation: identity(shape.length),
      stored: shape,
      source: { kind: 'node', name },
    }
  }

  #reshape(name: string, shape: readonly number[]): string {
    return this.#once(`${name}#${shape}`, () => this.node('Reshape', [name, this.integers(shape)]))
  }

  /** The same value with its axes under new names: data moves only when something needs the new order. */
  transposed(value: RecordedValue, axes: Permutation): RecordedValue {
    const places = invertPermutation(axes)
    return {
      dtype: value.dtype,
      shape: permute(value.shape, axes),
      permutation: value.permutation.map((axis) => places[axis]!),
      stored: value.stored,
      source: this.#anonymous(value),
    }
  }

  /** The same value, repeated along axes of length one. */
  broadcast(value: RecordedValue, shape: readonly number[]): RecordedValue {
    const missing = shape.length - value.shape.length
    const aligned = this.reshaped(value, [...new Array<number>(missing).fill(1), ...value.shape])
    return {
      dtype: value.dtype,
      shape,
      permutation: aligned.permutation,
      stored: aligned.stored,
      source: this.#anonymous(aligned),
    }
  }

  /** A source that is no variable any more: the axes of the value are not the variable's. */
  #anonymous(value: RecordedValue): RecordedValue['source'] {
    if (value.source.kind !== 'state') return value.source
    return { kind: 'node', name: this.placeStored(value, value.permutation) }
  }

  /** Makes a node once for a key: kernels ask for the same move again and again. */
  #once(key: string, make: () => string): string {
    let name = this.#placed.get(key)
    if (name === undefined) {
      name = make()
      this.#placed.set(key, name)
    }
    return name
  }

  #read(state: string, value: RecordedValue): string {
    if (!this.reads.has(state)) {
      this.reads.add(state)
      this.builder.input(state, { dtype: value.dtype, shape: value.stored })
    }
    this.lastRead = state
    return state
  }

  #wish(state: string, permutation: Permutation): void {
    const wishes = this.wishes.get(state) ?? new Map<string, number>()
    const key = permutation.join()
    wishes.set(key, (wishes.get(key) ?? 0) + 1)
    this.wishes.set(state, wishes)
  }
}
