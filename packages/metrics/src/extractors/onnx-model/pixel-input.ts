import { float32 } from '@gantry/core'
import { attribute, type Graph, GraphBuilder } from '@gantry/onnx'
import type { ImageInput } from '../image-input.ts'
import { prefixNames } from './chain-graphs.ts'
import type { ImageModelInput } from './image-model.ts'

/** From 8-bit images to what the model's input expects, written under that input's name. */
export function buildPixelInput(
  images: ImageInput,
  { name, dtype, layout }: ImageModelInput,
  [low, high]: readonly [low: number, high: number],
  prefix: string,
): Graph {
  const builder = new GraphBuilder('pixels')
  let value = images.addTo(builder)
  if (dtype === 'uint8') {
    value = builder.node(
      'Cast',
      [builder.node('Floor', [builder.node('Add', [value, builder.constant(float32([], [0.5]))])])],
      {
        to: attribute.int(2),
      },
    )
  } else {
    value = builder.node('Mul', [value, builder.constant(float32([], [(high - low) / 255]))])
    value = builder.node('Add', [value, builder.constant(float32([], [low]))])
  }
  if (layout === 'NHWC') value = builder.node('Transpose', [value], { perm: attribute.ints([0, 2, 3, 1]) })
  builder.output('pixels', value)
  return prefixNames(builder.build(), prefix, new Map([['pixels', name]]))
}
