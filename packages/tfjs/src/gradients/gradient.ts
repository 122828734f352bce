import {
  broadcast_util,
  cast,
  engine,
  fill,
  type GradConfig,
  type NamedTensorMap,
  reshape,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core'

/**
 * Every gradient here obeys one rule: it computes from the *inputs* of the operation, never from its saved output.
 * TF.js puts what a gradient saved of the output on its tape before the operation itself, and so takes it for a
 * constant when the gradient is differentiated in turn: terms of the second derivative vanish without a word.
 */

/** Runs a kernel that has one output; for those that TF.js exports no function for. */
export function run(kernelName: string, inputs: Readonly<Record<string, Tensor>>, attributes: object): Tensor {
  return engine().runKernel(kernelName, inputs as NamedTensorMap, attributes as never) as Tensor
}

/** The same numbers as float32, the dtype of every gradient. */
export function float(values: Tensor): Tensor {
  return values.dtype === 'float32' ? values : cast(values, 'float32')
}

/** Zeros that depend on nothing: `zerosLike` would put one more step on the tape. */
export function zerosOf(values: Tensor): Tensor {
  return fill(values.shape, 0, 'float32')
}

/** Sums over the axes along which a tensor of this shape was broadcast: the gradient of broadcasting. */
export function sumTo(values: Tensor, shape: readonly number[]): Tensor {
  const axes = broadcast_util.getReductionAxes([...shape], values.shape)
  return reshape(axes.length === 0 ? values : sum(values, axes), [...shape])
}

/** Backpropagation disposes of what it adds up, so a gradient must not hand out dy itself. */
function separate(result: Tensor, dy: Tensor): Tensor {
  return result === dy ? result.clone() : result
}

/** The gradient of an operation of one input. */
function ofOneInput(
  kernelName: string,
  input: string,
  gradient: (dy: Tensor, saved: Tensor, attributes: unknown) => Tensor,
): GradConfig {
  return {
    kernelName,
    inputsToSave: [input],
    gradFunc: (dy, saved, attributes) => ({
      [input]: () => separate(gradient(dy as Tensor, saved[0]!, attributes), dy as Tensor),
    }),
  }
}

/** The gradient of an operation of one tensor, from dy, that tensor and the attributes. */
export function unary<Attributes = unknown>(
  kernelName: string,
  gradient: (dy: Tensor, x: Tensor, attributes: Attributes) => Tensor,
  input = 'x',
): GradConfig {
  return ofOneInput(kernelName, input, (dy, x, attributes) => gradient(dy, float(x), attributes as Attributes))
}

/** The gradient of a linear operation that needs no more of its input than, at most, the shape. */
export function linear<Attributes = unknown>(
  kernelName: string,
  adjoint: (dy: Tensor, attributes: Attributes, shape: readonly number[]) => Tensor,
  input = 'x',
): GradConfig {
  return ofOneInput(kernelName, input, (dy, x, attributes) => adjoint(dy, attributes as Attributes, x.shape))
}

type Partial = (dy: Tensor, a: Tensor, b: Tensor) => Tensor

/** The gradient of an element-wise operation of `a` and `b`, which may have been broadcast to each other. */
export function binary(kernelName: string, byA: Partial, byB: Partial): GradConfig {
  return {
    kernelName,
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, saved) => {
      const [a, b] = saved as [Tensor, Tensor]
      return {
        a: () => sumTo(byA(dy as Tensor, float(a), float(b)), a.shape),
        b: () => sumTo(byB(dy as Tensor, float(a), float(b)), b.shape),
      }
    },
  }
}

/** Zero for each of the named inputs: what is piecewise constant, or reads only the shape. */
export function constant(kernelName: string, inputs: readonly string[]): GradConfig {
  return {
    kernelName,
    inputsToSave: [...inputs],
    gradFunc: (_, saved) => Object.fromEntries(inputs.map((input, index) => [input, () => zerosOf(saved[index]!)])),
  }
}
