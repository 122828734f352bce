import { type DrawFeed, type NDArray, ndarray, type Phase, RandomStream, sizeOfShape } from '@gantry/core'

const seed = 1

/** Feeds of one step, the same for every engine; labels go round the classes. */
export function drawFeeds(phase: Phase<unknown>, step: number, classes: number): Record<string, NDArray> {
  return Object.fromEntries(
    Object.entries(phase.feeds).map(([name, { shape, dtype }]) => {
      if (dtype === 'int32') {
        const labels = Int32Array.from({ length: sizeOfShape(shape) }, (_, index) => (index + step) % classes)
        return [name, ndarray('int32', shape, labels)]
      }
      const random = new RandomStream(seed, `${phase.name}/${name}/${step}`)
      const numbers = random.fillNormal(new Float32Array(sizeOfShape(shape)))
      return [
        name,
        ndarray(
          'float32',
          shape,
          ['samples', 'source', 'target', 'image'].includes(name) ? numbers.map(Math.tanh) : numbers,
        ),
      ]
    }),
  )
}

/** Noise that a program draws by name: the same for both engines. */
export function drawAt(phase: string, step: number): DrawFeed {
  return (name, feed) => {
    const random = new RandomStream(seed, `${phase}/${name}/${step}`)
    const array = ndarray('float32', feed.shape)
    if (feed.source.from === 'random') random.fill(feed.source.distribution, array.data)
    return array
  }
}

/** ‖a - b‖ / ‖b‖, over everything that starts with the prefix. */
export function weightError(
  left: Readonly<Record<string, NDArray>>,
  right: Readonly<Record<string, NDArray>>,
  prefix: string,
): number {
  let [difference, norm] = [0, 0]
  for (const name of Object.keys(right)) {
    if (!name.startsWith(prefix)) continue
    const [own, other] = [left[name]!.data as Float32Array, right[name]!.data as Float32Array]
    for (const [index, value] of other.entries()) {
      difference += (own[index]! - value) ** 2
      norm += value ** 2
    }
  }
  return Math.sqrt(difference / norm)
}
