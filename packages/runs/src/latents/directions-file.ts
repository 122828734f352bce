import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ConfigurationError, describeProgress } from '@gantry/core'
import { storageError, writeFileAtomically } from '@gantry/files'
import type { Direction } from '@gantry/latents'
import { z } from 'zod'
import type { LoadedGenerator } from '../generators/load-generator.ts'

const VERSION = 1

const content = z.strictObject({
  version: z.literal(VERSION),
  /** Of the model that they were found for. */
  weightsHash: z.string(),
  method: z.string(),
  directions: z.array(z.strictObject({ scale: z.number(), vector: z.array(z.number()) })),
})

/** Directions that were found for a generator, and how. */
export interface FoundDirections {
  readonly method: string
  readonly directions: readonly NamedDirection[]
}

/** A direction as it was found, whose class and accuracy no file keeps. */
interface NamedDirection extends Direction {
  /** The class that it leads to. */
  readonly name?: string
  /** Share of the styles that its boundary puts on the right side. */
  readonly accuracy?: number
}

/** Beside the generator. */
function directionsPath({ path }: Pick<LoadedGenerator, 'path'>): string {
  return join(dirname(path), 'directions.json')
}

export async function writeDirections(
  generator: LoadedGenerator,
  { method, directions }: FoundDirections,
): Promise<void> {
  const plain = directions.map(({ scale, vector }) => ({ scale, vector: [...vector] }))
  const { weightsHash } = generator.manifest
  await writeFileAtomically(
    directionsPath(generator),
    `${JSON.stringify({ version: VERSION, weightsHash, method, directions: plain })}\n`,
  )
}

/**
 * The directions that were found for a generator.
 *
 * @throws ConfigurationError `DIRECTIONS_MISSING` where there are none, `DIRECTIONS_OUTDATED` for those of other weights,
 * `DIRECTIONS_INVALID`; StorageError
 */
export async function readDirections(generator: LoadedGenerator): Promise<FoundDirections> {
  const path = directionsPath(generator)
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw storageError('read', path, cause)
  })
  const find = `Run: gantry directions ${generator.run?.path ?? generator.path}`
  if (text === undefined) {
    throw new ConfigurationError({
      code: 'DIRECTIONS_MISSING',
      message: `No directions were found for ${generator.path} yet: ${path} is not there.`,
      fix: find,
    })
  }
  const parsed = content.safeParse(json(text))
  if (!parsed.success) {
    throw new ConfigurationError({
      code: 'DIRECTIONS_INVALID',
      message: `${path} does not hold directions of version ${VERSION}: ${parsed.error.issues[0]!.message}.`,
      fix: find,
    })
  }
  const { weightsHash, method, directions } = parsed.data
  if (weightsHash !== generator.manifest.weightsHash) {
    throw new ConfigurationError({
      code: 'DIRECTIONS_OUTDATED',
      message: `The directions in ${path} were found for other weights than those of ${generator.path} (${describeProgress(generator.manifest)}).`,
      fix: find,
    })
  }
  return { method, directions: directions.map(({ scale, vector }) => ({ scale, vector: Float32Array.from(vector) })) }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
