import { type NDArray, ndarray } from '@gantry/core'
import { mix } from './procedural.ts'

const GOLDEN_RATIO = 0x9e3779b9

/** `Math.fround(offset + gain·U(seed, i))` for every i. Twenty million of these: the hash is written out. */
function proceduralTensor(seed: number, shape: readonly number[], gain: number, offset = 0): NDArray<'float32'> {
  const data = new Float32Array(shape.reduce((size, length) => size * length, 1))
  const start = mix(seed)
  for (let index = 0; index < data.length; index++) {
    let word = (start + Math.imul(index, GOLDEN_RATIO)) | 0
    word = Math.imul(word ^ (word >>> 16), 0x7feb352d)
    word = Math.imul(word ^ (word >>> 15), 0x846ca68b)
    word ^= word >>> 16
    data[index] = offset + gain * ((word >>> 8) / 8388608 - 1)
  }
  return ndarray('float32', shape, data)
}

/** The weights of section `inception`: every tensor but the counters, in ASCII order of the names. */
export function proceduralInception(
  stateDict: Readonly<Record<string, readonly number[]>>,
  seed: number,
): Map<string, NDArray<'float32'>> {
  const names = Object.keys(stateDict).filter((name) => !name.endsWith('num_batches_tracked'))
  return new Map(
    names.sort().map((name, index) => {
      const shape = stateDict[name]!
      const tensor = (gain: number, offset = 0) => proceduralTensor(seed + index, shape, gain, offset)
      if (name === 'fc.weight') return [name, tensor(Math.sqrt(3 / 2048))]
      if (name === 'fc.bias') return [name, tensor(0.5)]
      if (name.endsWith('.conv.weight')) return [name, tensor(Math.sqrt(6 / (shape[1]! * shape[2]! * shape[3]!)))]
      if (name.endsWith('.bn.weight')) return [name, tensor(0.25, 1)]
      if (name.endsWith('.running_var')) return [name, tensor(0.5, 1)]
      return [name, tensor(0.125)]
    }),
  )
}

/** The weights of section `lpips.networks`, in the recorded order of the names. */
export function proceduralPerceptual(
  keys: Readonly<Record<string, readonly number[]>>,
  seed: number,
): Map<string, NDArray<'float32'>> {
  return new Map(
    Object.entries(keys).map(([name, shape], index) => {
      if (name.startsWith('lin')) return [name, proceduralTensor(seed + index, shape, 0.5, 0.5)]
      if (name.endsWith('.bias')) return [name, proceduralTensor(seed + index, shape, 0.125)]
      const gain = Math.sqrt(6 / (shape[1]! * shape[2]! * shape[3]!))
      return [name, proceduralTensor(seed + index, shape, gain)]
    }),
  )
}
