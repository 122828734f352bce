import { DataError, decodeSafetensors, encodeSafetensors, type NDArray, ndarray } from '@gantry/core'
import { decodeNpz, encodeNpz } from '../formats/npz.ts'
import { checkStatistics, type GaussianStatistics } from './gaussian-statistics.ts'

export type StatisticsFormat = 'npz' | 'safetensors'

/** Statistics as files hold them. */
export interface StoredStatistics extends GaussianStatistics {
  /** How the features were made: extractor, layer, weights, resizer …; files of other tools do not say. */
  readonly protocol?: Readonly<Record<string, string>>
}

/**
 * Writes statistics as other tools read them: arrays `mu` and `sigma` (pytorch-fid and clean-fid, `.npz`), and `count`; the
 * protocol is JSON in an array of bytes that those tools leave alone.
 *
 * @example
 * ```ts
 * await writeFile('mnist-train.npz', encodeStatistics(statistics, 'npz'))
 * ```
 */
export function encodeStatistics(
  { mean, covariance, count, protocol }: StoredStatistics,
  format: StatisticsFormat,
): Uint8Array {
  const tensors = {
    mu: ndarray('float64', [mean.length], mean),
    sigma: ndarray('float64', [mean.length, mean.length], covariance),
    ...(count !== undefined && { count: ndarray('int64', [], BigInt64Array.of(BigInt(count))) }),
    ...(protocol && { protocol: bytesOf(JSON.stringify(protocol)) }),
  }
  return format === 'npz' ? encodeNpz(tensors) : encodeSafetensors({ tensors, metadata: {} })
}

/**
 * Reads statistics: pytorch-fid's and clean-fid's `.npz`, or safetensors with the same names; float64 or float32.
 *
 * @param owner what messages call the file
 * @throws DataError `STATISTICS_INVALID`, also for a `.npy` or a pickle, of which nothing is executed; and what a damaged file
 * throws: DataError `NPZ_INVALID`, `NPY_INVALID` …, ModelFormatError `SAFETENSORS_INVALID`, `SAFETENSORS_TRUNCATED`
 */
export function decodeStatistics(file: Uint8Array, owner = 'The statistics'): StoredStatistics {
  refuseOthers(file, owner)
  const isZip = file[0] === 0x50 && file[1] === 0x4b
  const { mu, sigma, count, protocol } = isZip ? decodeNpz(file, { owner }) : decodeSafetensors(file, owner).tensors
  const statistics = {
    mean: floats(owner, 'mu', 1, mu),
    covariance: floats(owner, 'sigma', 2, sigma),
    ...(count?.data[0] !== undefined && { count: Number(count.data[0]) }),
    ...(protocol?.data instanceof Uint8Array && { protocol: protocolOf(owner, protocol.data) }),
  }
  checkStatistics(owner, statistics)
  return statistics
}

/** What else tools save statistics as, told by how it begins. */
function refuseOthers(file: Uint8Array, owner: string): void {
  const begins = (...bytes: readonly number[]) => bytes.every((byte, index) => file[index] === byte)
  const npy = begins(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59)
  // PROTO and one of its versions, or the first instruction of a dictionary in the oldest protocol.
  const pickle = (begins(0x80) && file[1]! >= 2 && file[1]! <= 5) || begins(0x28, 0x64) || begins(0x28, 0x6c)
  if (!npy && !pickle) return
  throw new DataError({
    code: 'STATISTICS_INVALID',
    message: npy
      ? `${owner} is a .npy file, which holds one array, but statistics are two: mu and sigma.`
      : `${owner} is a Python pickle, which is not read: loading it could run any program. Nothing was executed.`,
    fix: npy
      ? "Save both in Python: numpy.savez('statistics.npz', mu=mu, sigma=sigma)."
      : "If you trust it, save its arrays in Python: numpy.savez('statistics.npz', mu=mean, sigma=covariance).",
  })
}

function bytesOf(text: string): NDArray<'uint8'> {
  const bytes = new TextEncoder().encode(text)
  return ndarray('uint8', [bytes.length], bytes)
}

function protocolOf(owner: string, bytes: Uint8Array): Record<string, string> {
  try {
    const entries = Object.entries(JSON.parse(new TextDecoder().decode(bytes)))
    return Object.fromEntries(entries.map(([key, value]) => [key, String(value)]))
  } catch (cause) {
    throw new DataError({
      code: 'STATISTICS_INVALID',
      message: `${owner}: 'protocol' is no JSON.`,
      fix: 'Compute the statistics again.',
      cause,
    })
  }
}

function floats(owner: string, name: string, rank: number, array: NDArray | undefined): Float64Array {
  const data = array?.data
  if (array?.shape.length === rank && data instanceof Float64Array) return data
  if (array?.shape.length === rank && data instanceof Float32Array) return Float64Array.from(data)
  throw new DataError({
    code: 'STATISTICS_INVALID',
    message: `${owner}: '${name}' should be floats of rank ${rank} but ${array === undefined ? 'is missing' : `is ${array.dtype}[${array.shape}]`}.`,
    fix: 'Statistics hold the mean as mu and the covariance as sigma, as pytorch-fid saves them.',
  })
}
