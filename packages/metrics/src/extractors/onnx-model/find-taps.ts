import { ConfigurationError, suggestion } from '@gantry/core'
import { type Graph, inferShapes } from '@gantry/onnx'
import type { Tap } from './chain-graphs.ts'
import type { ImageModelInput } from './image-model.ts'

/**
 * The values that layers are made of.
 *
 * @throws ConfigurationError `LAYER_UNKNOWN`
 */
export function findTaps(
  owner: string,
  graph: Graph,
  layers: readonly string[],
  { layout }: ImageModelInput,
  pooling: 'flatten' | 'mean',
): Tap[] {
  const values = graph.nodes.flatMap(({ outputs }) => outputs.filter((output) => output !== ''))
  const unknown = layers.find((layer) => !values.includes(layer))
  if (unknown !== undefined) {
    throw new ConfigurationError({
      code: 'LAYER_UNKNOWN',
      message: `${owner} computes no value '${unknown}'.`,
      fix: suggestLayer(unknown, values),
    })
  }
  const { valueSpecs } = inferShapes(graph)
  return layers.map((value) => {
    const rank = valueSpecs.get(value)?.shape.length
    const mean = pooling === 'mean' && (rank === undefined || rank > 2)
    return mean && layout === 'NHWC' && rank === 4 ? { value, mean, permutation: [0, 3, 1, 2] } : { value, mean }
  })
}

/** The nearest name, or the last few: features are near the end, and models have hundreds of values. */
function suggestLayer(name: string, values: readonly string[]): string {
  const part = values.filter((value) => value.toLowerCase().includes(name.toLowerCase()))
  if (part.length > 0 && name !== '') return `Did you mean '${part.at(-1)}'?`
  const last = values.slice(-8)
  const near = suggestion(name, values)
  return near.startsWith('Did you') ? near : `The last of its ${values.length} values are: ${last.join(', ')}.`
}
