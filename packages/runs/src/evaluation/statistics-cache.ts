import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeSafetensors, encodeSafetensors, GantryError } from '@gantry/core'
import { cacheFolder, makeFolder, writeFileAtomically } from '@gantry/files'
import {
  decodeStatistics,
  encodeStatistics,
  type FeatureExtractor,
  type FeatureMatrix,
  type GaussianStatistics,
  metricsVersion,
} from '@gantry/metrics'

/** What the features of a set depend on. */
export interface CacheKey {
  /** SHA-256 of its images. */
  readonly content: string
  readonly count: number
  readonly extractor: Pick<FeatureExtractor, 'protocol' | 'featureLayer'>
}

/** Features and statistics of data sets that were computed before, by the hash of what they depend on. */
export class StatisticsCache {
  readonly #folder = cacheFolder('statistics')
  readonly #name: string
  readonly #say: ((text: string) => void) | undefined

  /** @param say told when something cannot be kept */
  constructor({ content, count, extractor: { protocol, featureLayer } }: CacheKey, say?: (text: string) => void) {
    this.#say = say
    const key = JSON.stringify([content, count, protocol, featureLayer, metricsVersion])
    this.#name = createHash('sha256').update(key).digest('hex').slice(0, 32)
  }

  get statisticsPath(): string {
    return join(this.#folder, `${this.#name}.safetensors`)
  }

  get #featuresPath(): string {
    return join(this.#folder, `${this.#name}.features.safetensors`)
  }

  statistics(): Promise<GaussianStatistics | undefined> {
    return read(this.statisticsPath, decodeStatistics)
  }

  features(): Promise<FeatureMatrix | undefined> {
    return read(this.#featuresPath, (file, owner) => {
      const { features } = decodeSafetensors(file, owner).tensors
      const data = features?.data
      if (!(data instanceof Float32Array) && !(data instanceof Float64Array)) return undefined
      return { rows: features!.shape[0]!, columns: features!.shape[1]!, data }
    })
  }

  async keepStatistics(statistics: GaussianStatistics): Promise<void> {
    await this.#keep(this.statisticsPath, encodeStatistics(statistics, 'safetensors'))
  }

  async keepFeatures({ rows, columns, data }: FeatureMatrix): Promise<void> {
    const dtype = data instanceof Float64Array ? 'float64' : 'float32'
    const features = { dtype, shape: [rows, columns], data } as const
    await this.#keep(this.#featuresPath, encodeSafetensors({ tensors: { features }, metadata: {} }))
  }

  /** What is kept saves time later: that it cannot be kept takes nothing away from what was computed. */
  async #keep(path: string, bytes: Uint8Array): Promise<void> {
    try {
      await makeFolder(this.#folder)
      await writeFileAtomically(path, bytes)
    } catch (error) {
      if (!GantryError.isInstance(error)) throw error
      this.#say?.(`warning: what was computed of the real samples is not kept for the next time: ${error.message}`)
    }
  }
}

/** Undefined for files that are missing or damaged: they are written again. */
async function read<Result>(
  path: string,
  decode: (file: Uint8Array, owner: string) => Result | undefined,
): Promise<Result | undefined> {
  const file = await readFile(path).catch(() => undefined)
  if (file === undefined) return undefined
  try {
    return decode(new Uint8Array(file), path)
  } catch (error) {
    if (GantryError.isInstance(error)) return undefined
    throw error
  }
}
