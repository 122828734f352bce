import { float32, RandomStream } from '@gantry/core'
import { attribute, type Graph } from '../graph.ts'
import { GraphBuilder } from '../graph-builder.ts'
import { integers } from './run-graph.ts'

const WIDTH = 4

/**
 * A graph of random nodes over `[batch, 4]` values, full of what the passes look for: equal nodes, equal weights, chains of
 * identities, values that nobody reads, values that are several outputs.
 */
export function randomGraph(seed: number, size = 40): Graph {
  const random = new RandomStream(seed, 'random graph')
  const builder = new GraphBuilder(`random_${seed}`)
  const values = ['x', 'y'].map((name) => builder.input(name, { dtype: 'float32', shape: ['batch', WIDTH] }))
  // Few different contents, so that initializers repeat.
  const weight = (rows: number) => {
    const fill = random.integer(3) / 4 - 0.25
    const array = float32(
      [rows, WIDTH],
      Array.from({ length: rows * WIDTH }, (_, index) => fill + (index % 3) / 8),
    )
    return random.integer(2) === 0
      ? builder.constant(array)
      : builder.initializer(`weight_${values.length}_${rows}`, array)
  }
  // Recent values are preferred, which makes chains.
  const pick = () => values[Math.max(0, values.length - 1 - random.integer(8))]!
  const recipes: readonly (() => string)[] = [
    () => builder.node(['Tanh', 'Relu', 'Sigmoid', 'Neg'][random.integer(4)]!, [pick()]),
    () => builder.node(['Add', 'Mul', 'Max', 'Sub'][random.integer(4)]!, [pick(), pick()]),
    () => builder.node('Identity', [pick()]),
    () => builder.node('Cast', [pick()], { to: attribute.int(1) }),
    () => builder.node('MatMul', [pick(), weight(WIDTH)]),
    () => builder.node('Add', [pick(), weight(1)]),
    () => builder.node('Reshape', [pick(), builder.constant(integers(-1, WIDTH))]),
    () => builder.node('LeakyRelu', [pick()], { alpha: attribute.float(random.integer(2) / 4 + 0.125) }),
    () => {
      const halves = builder.nodes('Split', [pick()], 2, { axis: attribute.int(-1) })
      return builder.node('Concat', halves.reverse(), { axis: attribute.int(-1) })
    },
    () => {
      const [, indices] = builder.nodes('TopK', [pick(), builder.constant(integers(WIDTH))], 2)
      return builder.node('Cast', [indices], { to: attribute.int(1) })
    },
  ]
  while (values.length < size) values.push(recipes[random.integer(recipes.length)]!())
  for (let output = 0; output < 4; output++) builder.output(`output_${output}`, pick())
  builder.output('input_again', 'x')
  builder.output('output_again', 'output_0')
  return builder.build()
}
