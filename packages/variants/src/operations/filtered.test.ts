import '@tensorflow/tfjs-backend-cpu'
import { createOnnxRuntimeInference } from '@gantry/backend-onnxruntime'
import { exportModel } from '@gantry/compiler'
import { float32, sizeOfShape } from '@gantry/core'
import { setBackend, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core'
import { expect, it } from 'vitest'
import { ENLARGE, upfirdn2d } from './upfirdn2d.ts'

it('exports filters of long rows for batches of any size', async () => {
  await setBackend('cpu')
  const program = ({ images }: Readonly<Record<string, Tensor>>) => ({ large: upfirdn2d(images!, ENLARGE) })
  const bytes = await exportModel(program, {
    name: 'enlarge',
    inputs: { images: { dtype: 'float32', shape: ['batch', 70, 3, 2] } },
  })
  const session = await createOnnxRuntimeInference({ device: 'cpu', threads: 1 }).load(bytes)
  for (const batch of [1, 3]) {
    const shape = [batch, 70, 3, 2]
    const values = Float32Array.from({ length: sizeOfShape(shape) }, (_, index) => Math.sin(7 * index))
    const { large } = await session.run({ images: float32(shape, values) })
    const expected = tidy(() => upfirdn2d(tensor(values, shape), ENLARGE).dataSync())
    expect(large!.shape).toEqual([batch, 140, 6, 2])
    for (const [index, value] of expected.entries()) expect(large!.data[index]).toBeCloseTo(value, 5)
  }
  await session.dispose()
})
