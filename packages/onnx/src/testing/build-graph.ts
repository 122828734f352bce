import { type NDArray, ndarray, RandomStream, sizeOfShape } from '@gantry/core'
import type { Graph } from '../graph.ts'
import { GraphBuilder } from '../graph-builder.ts'

type Shapes = Readonly<Record<string, readonly number[]>>

/** A graph with float32 inputs of these shapes; what `record` returns becomes its outputs `y0`, `y1` … */
export function build(
  shapes: Shapes,
  record: (builder: GraphBuilder, inputs: Readonly<Record<string, string>>) => string[],
): Graph {
  const builder = new GraphBuilder('graph')
  const inputs = Object.entries(shapes).map(([name, shape]) => [name, builder.input(name, { dtype: 'float32', shape })])
  for (const [index, value] of record(builder, Object.fromEntries(inputs)).entries()) builder.output(`y${index}`, value)
  return builder.build()
}

/** What its nodes do, in order. */
export function operators({ nodes }: Graph): string[] {
  return nodes.map(({ operator }) => operator)
}

/** Inputs for it, the same every time. */
export function draw({ inputs }: Graph): Record<string, NDArray> {
  const random = new RandomStream(1, 'feeds')
  return Object.fromEntries(
    inputs.map(({ name, shape }) => {
      const numbers = random.fillNormal(new Float32Array(sizeOfShape(shape as number[])))
      // Positive, so that roots exist; far from zero, so that sums cancel.
      return [
        name,
        ndarray(
          'float32',
          shape as number[],
          numbers.map((value) => Math.abs(value) + 0.5),
        ),
      ]
    }),
  )
}
