import { createOnnxRuntimeInference } from '@gantry/backend-onnxruntime'
import { createModel, encodeModel, GraphBuilder } from '@gantry/onnx'
import { expect, test } from 'vitest'
import { resizeImages } from '../resize/resize-images.ts'
import { resizePilUint8 } from '../resize/resize-pil-uint8.ts'
import { proceduralImages } from '../testing/procedural.ts'
import { ImageInput, type ImageResizer } from './image-input.ts'

const size = [20, 30] as const

// The goldens hold the JavaScript side; the graph multiplies by the same numbers.
test.each<ImageResizer>(['tf1-bilinear', 'pil-bicubic', 'pil-bicubic-uint8', 'half-pixel-bilinear'])(
  'the graph resizes as JavaScript does: %s',
  async (resizer) => {
    const input = new ImageInput(size, resizer)
    const builder = new GraphBuilder('resize')
    builder.output('pixels', input.addTo(builder))
    const session = await createOnnxRuntimeInference({ device: 'cpu' }).load(encodeModel(createModel(builder.build())))
    for (const [H, W] of [
      [64, 48],
      [9, 13],
      [20, 30],
    ] as const) {
      const images = proceduralImages({ seed: 4, N: 2, H, W, C: 3 })
      const { pixels } = await session.run(input.feeds(images))
      const { data } =
        resizer === 'pil-bicubic-uint8' ? resizePilUint8(images, size) : resizeImages(images, size, resizer)
      expect(pixels!.shape).toEqual([2, 3, ...size])
      let largest = 0
      for (const [index, value] of (pixels!.data as Float32Array).entries()) {
        const [image, channel, place] = [Math.floor(index / 1800), Math.floor(index / 600) % 3, index % 600]
        largest = Math.max(largest, Math.abs(value - data[(image * 600 + place) * 3 + channel]!))
      }
      expect(largest).toBeLessThan(resizer === 'pil-bicubic-uint8' ? 1e-9 : 1e-4)
    }
    await session.dispose()
  },
)
