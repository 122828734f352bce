import '@tensorflow/tfjs-backend-cpu'
import { type NDArray, ndarray, RandomStream } from '@gantry/core'
import { setBackend, tensor } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { vgg19 } from './vgg19.ts'

beforeAll(() => setBackend('cpu'))

const WIDTH = 2
const plan = [0, 2, 'M', 5, 7, 'M', 10, 12, 14, 16, 'M', 19, 21, 23, 25, 'M', 28, 30, 32, 34] as const

/** Weights of a VGG-19 whose layers have two channels, under torchvision's names. */
const tensors = new Map<string, NDArray>(
  plan.flatMap((place, index) => {
    if (place === 'M') return []
    const inputs = index === 0 ? 3 : WIDTH
    const draw = (shape: number[], scale: number) => {
      const numbers = new Float32Array(shape.reduce((product, length) => product * length))
      const drawn = new RandomStream(1, `${place}/${shape}`).fillNormal(numbers).map((value) => value * scale)
      return ndarray('float32', shape, drawn)
    }
    return [
      [`features.${place}.weight`, draw([WIDTH, inputs, 3, 3], 0.4)],
      [`features.${place}.bias`, draw([WIDTH], 0.3)],
    ] as const
  }),
)
const brought = { tensors, sha256: 'abc' }

/** Planes of numbers, [channel][row][column]. */
type Planes = readonly (readonly (readonly number[])[])[]

const mapped = (planes: Planes, of: (value: number, channel: number) => number): Planes =>
  planes.map((plane, channel) => plane.map((row) => row.map((value) => of(value, channel))))

/** A convolution as it is defined, padded with zeros. */
function convolved(planes: Planes, place: number): Planes {
  const [kernel, bias] = [tensors.get(`features.${place}.weight`)!, tensors.get(`features.${place}.bias`)!]
  const [filters, inputs] = kernel.shape as [number, number]
  return Array.from({ length: filters }, (_, filter) =>
    planes[0]!.map((row, y) =>
      row.map((_pixel, x) => {
        let sum = Number(bias.data[filter])
        for (let input = 0; input < inputs; input++) {
          for (let tap = 0; tap < 9; tap++) {
            const pixel = planes[input]![y + Math.floor(tap / 3) - 1]?.[x + (tap % 3) - 1] ?? 0
            sum += pixel * Number(kernel.data[(filter * inputs + input) * 9 + tap])
          }
        }
        return sum
      }),
    ),
  )
}

const pooled = (planes: Planes): Planes =>
  planes.map((plane) =>
    Array.from({ length: plane.length >> 1 }, (_, y) =>
      Array.from({ length: plane[0]!.length >> 1 }, (__, x) =>
        Math.max(...[0, 1].flatMap((dy) => [0, 1].map((dx) => plane[2 * y + dy]![2 * x + dx]!))),
      ),
    ),
  )

describe('VGG-19', () => {
  const [height, width] = [16, 32]
  const numbers = new RandomStream(1, 'images').fillNormal(new Float32Array(height * width * 3)).map(Math.tanh)

  it('is convolutions, ReLU and maxima of squares, to the last convolution before or after its ReLU', () => {
    // The image as torchvision's models take it: from 0 to 1, less ImageNet's mean, by its deviation.
    const [mean, deviation] = [
      [0.485, 0.456, 0.406],
      [0.229, 0.224, 0.225],
    ]
    const image = Array.from({ length: 3 }, (_, channel) =>
      Array.from({ length: height }, (__, y) =>
        Array.from({ length: width }, (___, x) => numbers[(y * width + x) * 3 + channel]!),
      ),
    )
    let planes = mapped(image, (value, channel) => ((value + 1) / 2 - mean[channel]!) / deviation[channel]!)
    for (const place of plan) {
      if (place === 'M') planes = pooled(planes)
      else planes = convolved(place === 0 ? planes : mapped(planes, (value) => Math.max(value, 0)), place)
    }
    const expected = planes[0]!.flatMap((row, y) => row.flatMap((_, x) => planes.map((plane) => plane[y]![x]!)))
    const images = tensor(numbers, [1, height, width, 3])
    for (const activated of [false, true]) {
      const network = vgg19(brought, activated, [height, width])
      const features = network.features(images)
      expect(features.shape).toEqual([1, 1, 2, WIDTH])
      for (const [index, value] of features.dataSync().entries()) {
        const wanted = activated ? Math.max(0, expected[index]!) / 12.75 : expected[index]!
        expect(Math.abs(value - wanted)).toBeLessThanOrEqual(1e-4 * Math.max(1, Math.abs(wanted)))
      }
      expect(Object.keys(network.variables)).toHaveLength(32)
      expect(network.frozen).toEqual({ 'perceptual/': 'abc' })
      network.dispose()
    }
    expect(expected.some((value) => value < 0) && expected.some((value) => value > 0.01)).toBe(true)
  })

  it('says what it lacks', () => {
    expect(() => vgg19(undefined, true, [16, 16])).toThrow(/gantry weights add vgg19 FILE/)
    expect(() => vgg19({ tensors: new Map(), sha256: '' }, true, [16, 16])).toThrow(/lack 'features.0.weight'/)
    expect(() => vgg19(brought, true, [12, 16])).toThrow(/12×16 pixels are below 16/)
  })
})
