import {
  type CompiledModel,
  type Feed,
  type Fields,
  float32,
  type NDArray,
  ndarray,
  RandomStream,
  sizeOfShape,
} from '@gantry/core'

/** Feeds of every phase of a step. */
export type StepFeeds = Readonly<Record<string, Readonly<Record<string, NDArray>>>>

/**
 * Fixed feeds for a model that is only timed: images of uniform noise, each label as often as the others.
 *
 * @param fields of the data that the model was built for
 */
export function drawFeeds({ phases }: Pick<CompiledModel, 'phases'>, fields: Fields = {}, seed = 1): StepFeeds {
  return Object.fromEntries(
    phases.map(({ name: phase, feeds }) => [
      phase,
      Object.fromEntries(
        Object.entries(feeds).map(([name, feed]) => [name, draw(`${phase}/${name}`, feed, { fields, seed })]),
      ),
    ]),
  )
}

function draw(
  name: string,
  { dtype, shape, source }: Feed,
  { fields, seed }: { fields: Fields; seed: number },
): NDArray {
  const classes = source.from === 'batch' ? fields[source.field]?.names?.length : undefined
  if (classes !== undefined) {
    return ndarray(
      'int32',
      shape,
      Int32Array.from({ length: sizeOfShape(shape) }, (_, index) => index % classes),
    )
  }
  const array = ndarray(dtype, shape)
  const values = array.data as Float32Array<ArrayBuffer>
  const random = new RandomStream(seed, name)
  if (source.from === 'random') {
    random.fill(source.distribution, values)
    return array
  }
  random.fill('uniform', values)
  return float32(
    shape,
    values.map((value) => 2 * value - 1),
  )
}
