import { float32 } from '@gantry/core'
import { createModel, encodeModel, GraphBuilder } from '@gantry/onnx'
import { describe, expect, test } from 'vitest'
import { readModelMetadata } from './model-metadata.ts'

function fileWith(metadata: Record<string, string>, weights = 1): Uint8Array {
  const builder = new GraphBuilder('graph')
  const initializer = builder.initializer('weights', float32([weights], new Float32Array(weights)))
  builder.output('y', builder.node('Neg', [initializer]), { dtype: 'float32', shape: [weights] })
  return encodeModel(createModel(builder.build(), { metadata }))
}

describe('readModelMetadata', () => {
  test.each([
    ['none', {}],
    ['several', { 'gantry.manifest': '{"a":1}', author: 'Zoë', empty: '' }],
    ['longer than a one-byte length', { long: 'x'.repeat(70_000) }],
  ])('reads %s', (_, metadata) => {
    expect(readModelMetadata(fileWith(metadata))).toEqual(metadata)
  })

  test('steps over a graph of any size', () => {
    expect(readModelMetadata(fileWith({ key: 'value' }, 1_000_000))).toEqual({ key: 'value' })
  })
})
