import { type Graph, GraphBuilder, int64Vector } from '@gantry/onnx'

const SIDE = 512

/**
 * A step of gradient descent with momentum on y = x · first · second and the loss Σ y² / 2. The gradient of the first weight goes through the
 * second, which is read in another shape, as convolutions read their kernels: a shape that the forward pass has made.
 */
export function momentumSteps(): Graph {
  const spec = { dtype: 'float32', shape: [SIDE, SIDE] } as const
  const row = { dtype: 'float32', shape: [SIDE] } as const
  const builder = new GraphBuilder('momentum')
  const input = (name: string) => builder.input(name, spec)
  const x = input('x')
  const rate = builder.input('rate', { dtype: 'float32', shape: [] })
  const [first, second, firstMean, secondMean] = ['first', 'second', 'firstMean', 'secondMean'].map((name) =>
    input(`${name}.old`),
  ) as [string, string, string, string]
  const kernel = builder.node('Reshape', [second, builder.constant(int64Vector([SIDE, -1]))])
  const hidden = builder.node('MatMul', [x, first])
  const y = builder.node('MatMul', [hidden, kernel])
  const update = (name: string, weight: string, mean: string, gradient: string) => {
    const next = builder.node('Add', [mean, builder.node('Sub', [gradient, mean])])
    builder.output(`${name}Mean.new`, next, spec)
    builder.output(`${name}.new`, builder.node('Sub', [weight, builder.node('Mul', [next, rate])]), spec)
  }
  const transposed = (value: string) => builder.node('Transpose', [value])
  update('second', second, secondMean, builder.node('MatMul', [transposed(hidden), y]))
  const below = builder.node('MatMul', [y, transposed(kernel)])
  update('first', first, firstMean, builder.node('MatMul', [transposed(x), below]))
  // As of a bias.
  const axes = builder.constant(int64Vector([0]))
  builder.output('bias', builder.node('ReduceSum', [below, axes]), { ...row, shape: [1, SIDE] })
  return builder.build()
}
