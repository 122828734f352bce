import { sizeOfShape } from '@gantry/core'
import * as tf from '@tensorflow/tfjs-core'

type Shape = readonly number[]

interface KernelCall {
  readonly inputs: Readonly<Record<string, Shape>>
  readonly attributes: Readonly<Record<string, unknown>>
  readonly output: Shape
}

/** A convolution, forward: every number of the output is a sum over the kernel's height, width and inputs. */
const convolution = (output: Shape, filter: Shape) => sizeOfShape(output) * sizeOfShape(filter.slice(0, 3))

const product = ({ inputs, attributes, output }: KernelCall) =>
  sizeOfShape(output) * inputs.a!.at(attributes.transposeA ? -2 : -1)!

/**
 * Multiply-adds of the TF.js kernels that are matrix products or convolutions. Both gradients of a convolution cost what it
 * costs itself. Products with padding are counted like all others.
 */
const multiplyAdds: Readonly<Record<string, (call: KernelCall) => number>> = {
  BatchMatMul: product,
  _FusedMatMul: product,
  Conv2D: ({ inputs, output }) => convolution(output, inputs.filter!),
  FusedConv2D: ({ inputs, output }) => convolution(output, inputs.filter!),
  // The convolution that it is the gradient of has `dy` as its output.
  Conv2DBackpropInput: ({ inputs }) => convolution(inputs.dy!, inputs.filter!),
  Conv2DBackpropFilter: ({ inputs, output }) => convolution(inputs.dy!, output),
}

/** Floating point operations of one kernel call (a multiply-add is two); 0 for kernels that multiply no matrices. */
export function flopsOfKernel(name: string, call: KernelCall): number {
  return 2 * (multiplyAdds[name]?.(call) ?? 0)
}

interface RecordedCall {
  readonly flops: number
  readonly inputs: readonly object[]
}

/** The calls that the roots depend on: gradients that TF.js takes and nobody uses are not counted. */
function liveFlops(producers: ReadonlyMap<object, RecordedCall>, roots: readonly object[]): number {
  const live = new Set<RecordedCall>()
  const pending = [...roots]
  while (pending.length > 0) {
    const call = producers.get(pending.pop()!)
    if (call === undefined || live.has(call)) continue
    live.add(call)
    pending.push(...call.inputs)
  }
  return [...live].reduce((total, { flops }) => total + flops, 0)
}

const tensorsIn = (values: unknown): tf.Tensor[] =>
  Object.values(values as object)
    .flat()
    .filter((value) => value instanceof tf.Tensor)

const shapesIn = (values: unknown): Record<string, Shape> =>
  Object.fromEntries(
    Object.entries(values as object).flatMap(([name, value]) =>
      value instanceof tf.Tensor ? [[name, value.shape]] : [],
    ),
  )

/**
 * Makes a program that counts the operations of its matrix products and convolutions: those that its results and new state
 * depend on, as the program has them. What a compiler makes of them does not change the count.
 *
 * @param variables what the program may assign
 * @returns the program, and the count of its last call
 */
export function countingFlops<Feeds>(
  program: (feeds: Feeds) => Readonly<Record<string, tf.Tensor>>,
  variables: readonly tf.Variable[] = [],
) {
  let flops = 0
  const counted = (feeds: Feeds): Readonly<Record<string, tf.Tensor>> => {
    const engine = tf.engine()
    const { runKernel } = engine
    const producers = new Map<object, RecordedCall>()
    // Everything that TF.js computes, gradients included, goes through this method.
    engine.runKernel = ((name, inputs, attributes) => {
      const result = runKernel.call(engine, name, inputs, attributes)
      const outputs = [result].flat() as unknown as tf.Tensor[]
      const call = { inputs: shapesIn(inputs), attributes: attributes ?? {}, output: outputs[0]?.shape ?? [] }
      const recorded = { flops: flopsOfKernel(name, call), inputs: tensorsIn(inputs).map(({ dataId }) => dataId) }
      // A reshape may hand on the very numbers that it was given: they stay the product of who made them.
      for (const { dataId } of outputs) if (!producers.has(dataId)) producers.set(dataId, recorded)
      return result
    }) as typeof engine.runKernel
    try {
      const results = program(feeds)
      const roots = [...Object.values(results), ...variables].map(({ dataId }) => dataId)
      flops = liveFlops(producers, roots)
      return results
    } finally {
      engine.runKernel = runKernel
    }
  }
  return { program: counted, flops: () => flops }
}
