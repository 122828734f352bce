import { float32 } from '@gantry/core'
import { createModel, encodeModel, GraphBuilder } from '@gantry/onnx'
import * as ort from 'onnxruntime-node'
import { sharedNumbers } from '../cases/tutorial.ts'
import { PRODUCTS, SIDE } from '../peak.ts'
import { serveEngine } from '../serve-engine.ts'

/** ((A·B)·B)·B … summed, so that no large result is copied out. */
function chainOfProducts(): Uint8Array {
  const builder = new GraphBuilder('matrix_product')
  const shape = [SIDE, SIDE]
  const factor = builder.input('factor', { dtype: 'float32', shape })
  let product = builder.input('matrix', { dtype: 'float32', shape })
  for (let count = 0; count < PRODUCTS; count++) product = builder.node('MatMul', [product, factor])
  builder.output('sum', builder.node('ReduceSum', [product]))
  return encodeModel(createModel(builder.build()))
}

await serveEngine(async () => {
  const session = await ort.InferenceSession.create(chainOfProducts(), {
    intraOpNumThreads: Number(process.argv[2]),
    interOpNumThreads: 1,
  })
  const { data, shape } = float32([SIDE, SIDE], sharedNumbers(SIDE * SIDE, 1 / Math.sqrt(SIDE)))
  const tensor = new ort.Tensor('float32', data, shape)
  return {
    version: ort.env.versions.node ?? ort.env.versions.common,
    async step() {
      const { sum } = await session.run({ matrix: tensor, factor: tensor })
      return [Number(sum!.data[0])]
    },
  }
})
