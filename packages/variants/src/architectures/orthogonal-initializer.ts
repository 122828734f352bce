import { RandomStream, sizeOfShape } from '@gantry/core'
import { tensor } from '@tensorflow/tfjs-core'
import { initializers } from '@tensorflow/tfjs-layers'

export type Initializer = ReturnType<typeof initializers.glorotUniform>

// TF.js accepts only instances of its base class of initializers, which it does not export.
const Base = initializers.zeros().constructor as new () => ReturnType<typeof initializers.zeros>

/**
 * Random kernels whose rows or columns are orthonormal (Saxe et al. 2014, section 3): the last axis against all others, as
 * PyTorch's `orthogonal_` sees the same layers.
 *
 * `tf.initializers.orthogonal` does the same in float32 by one TF.js operation a column: it warns and takes minutes for the
 * kernels of a DCGAN.
 */
export class OrthogonalInitializer extends Base {
  static className = 'OrthogonalInitializer'
  readonly #seed: number

  constructor(seed: number) {
    super()
    this.#seed = seed
  }

  override apply(shape: number[]) {
    const columns = shape.at(-1)!
    const rows = sizeOfShape(shape) / columns
    const [length, count] = [Math.max(rows, columns), Math.min(rows, columns)]
    const random = new RandomStream(this.#seed, 'orthogonal')
    const vectors = Array.from({ length: count }, () => random.fillNormal(new Float64Array(length)))
    orthonormalize(vectors)
    const values = new Float32Array(rows * columns)
    for (let index = 0; index < values.length; index++) {
      const [row, column] = [Math.floor(index / columns), index % columns]
      values[index] = rows < columns ? vectors[row]![column]! : vectors[column]![row]!
    }
    return tensor(values, shape, 'float32')
  }
}

/** Modified Gram-Schmidt (Björck 1967): in float64, random vectors lose no digit that float32 would keep. */
function orthonormalize(vectors: readonly Float64Array[]): void {
  for (const [index, vector] of vectors.entries()) {
    const scale = 1 / Math.sqrt(dot(vector, vector))
    for (let at = 0; at < vector.length; at++) vector[at]! *= scale
    for (const other of vectors.slice(index + 1)) {
      const share = dot(vector, other)
      for (let at = 0; at < other.length; at++) other[at]! -= share * vector[at]!
    }
  }
}

function dot(left: Float64Array, right: Float64Array): number {
  let total = 0
  for (let index = 0; index < left.length; index++) total += left[index]! * right[index]!
  return total
}
