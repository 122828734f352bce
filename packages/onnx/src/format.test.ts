import { float32, ndarray } from '@gantry/core'
import { expect, test } from 'vitest'
import { formatModel } from './format.ts'
import { attribute, type Graph } from './graph.ts'
import { GraphBuilder } from './graph-builder.ts'
import { createModel } from './model.ts'
import { integers } from './testing/run-graph.ts'

test('a model as text', () => {
  const builder = new GraphBuilder('tour')
  const x = builder.input('x', { dtype: 'float32', shape: ['batch', 3, 8, 8] })
  const kernel = builder.initializer('kernel', ndarray('float32', [4, 3, 3, 3]))
  const convolved = builder.node('Conv', [x, kernel], {
    pads: attribute.ints([1, 1, 1, 1]),
    auto_pad: attribute.string('NOTSET'),
  })
  const active = builder.node('LeakyRelu', [convolved], { alpha: attribute.float(Math.fround(0.1)) })
  const clipped = builder.node('Clip', [active, undefined, builder.constant(float32([], [0.3]), 'high')])
  const [left] = builder.nodes('Split', [clipped, builder.constant(integers(1, 3))], 2, { axis: attribute.int(1) })
  const weights = attribute.floats([0.1, 2])
  const foreign = builder.node(
    'Foreign',
    [left],
    { weights, names: attribute.strings(['a']) },
    { domain: 'com.example' },
  )
  const body: Graph = { ...new GraphBuilder('body').build(), nodes: [] }
  builder.node('If', [foreign], { then_branch: attribute.graph(body) })
  builder.node('Constant', [], { value: attribute.tensor(integers(7)) })
  builder.output('y', left!)
  const model = createModel(builder.build(), {
    metadata: { author: 'me' },
    documentation: 'A tour.',
    producerVersion: '1.0',
  })
  expect(formatModel(model)).toMatchInlineSnapshot(`
    "model of gantry 1.0, opset 17, IR version 8
      documentation "A tour."
      metadata author: me
    graph tour
      input x: float32[batch,3,8,8]
      initializer kernel: float32[4,3,3,3]
      initializer high_0: float32[] {0.3}
      initializer constant_0: int64[2] {1, 3}
      Conv_0: float32[batch,4,8,8] = Conv(x, kernel, pads=[1, 1, 1, 1], auto_pad="NOTSET")
      LeakyRelu_0: float32[batch,4,8,8] = LeakyRelu(Conv_0, alpha=0.1)
      Clip_0: float32[batch,4,8,8] = Clip(LeakyRelu_0, _, high_0)
      y: float32[batch,1,8,8], Split_0_1: float32[batch,3,8,8] = Split(Clip_0, constant_0, axis=1)
      Foreign_0 = com.example.Foreign(y, weights=[0.1, 2], names=["a"])
      If_0 = If(Foreign_0, then_branch=body)
        graph body
      Constant_0: int64[1] = Constant(value=int64[1] {7})
      output y: float32[batch,1,8,8]"
  `)
})
