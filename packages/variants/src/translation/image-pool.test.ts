import '@tensorflow/tfjs-backend-cpu'
import { withNoise } from '@gantry/tfjs'
import { setBackend, tensor } from '@tensorflow/tfjs-core'
import { beforeAll, expect, it } from 'vitest'
import { imagePool } from './image-pool.ts'

beforeAll(() => setBackend('cpu'))

/** The pool of the paper, in a few lines: numbers stand for images. */
class Pool {
  readonly images: number[] = []

  exchange(image: number, [coin, place]: readonly [number, number], size: number): number {
    if (this.images.length < size) {
      this.images.push(image)
      return image
    }
    if (coin >= 0.5) return image
    const index = Math.floor(place * size)
    const earlier = this.images[index]!
    this.images[index] = image
    return earlier
  }
}

it('exchanges images as the paper says, one after the other', () => {
  const [size, batch] = [3, 2]
  const pool = imagePool(size, [1, 1, 1], 'pool')
  const own = new Pool()
  for (let step = 0; step < 12; step++) {
    const images = [10 * step + 1, 10 * step + 2]
    const chances = images.map((image) => [(image * 0.37) % 1, (image * 0.61) % 1] as const)
    const shown = withNoise(
      ({ name, shape }) => {
        expect(name).toBe('pool')
        return tensor(chances.flat(), [...shape])
      },
      () => pool.exchange(tensor(images, [batch, 1, 1, 1])),
    )
    expect([...shown.dataSync()], `step ${step}`).toEqual(
      images.map((image, index) => own.exchange(image, chances[index]!, size)),
    )
    expect([...pool.slots.images!.dataSync()].slice(0, own.images.length)).toEqual(own.images)
  }
  pool.dispose()
})

it('lets images pass where there is none', () => {
  const images = tensor([1, 2], [2, 1, 1, 1])
  const pool = imagePool(0, [1, 1, 1], 'pool')
  expect(pool.slots).toEqual({})
  expect(pool.exchange(images)).toBe(images)
})
