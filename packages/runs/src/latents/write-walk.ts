import { join } from 'node:path'
import { ConfigurationError } from '@gantry/core'
import { makeFolder, namesFolder, writeFileAtomically, writeOutput } from '@gantry/files'
import { spherical } from '@gantry/latents'
import { partsOf } from '@gantry/modalities'
import { type Arrays, generateBatches } from '@gantry/training'
import type { LoadedGenerator } from '../generators/load-generator.ts'
import { filmOf, requireFilm } from './film.ts'
import { latentPorts, wayInputs } from './latent-inputs.ts'

export interface WalkRequest {
  /** What the way leads through. */
  readonly seeds: readonly number[]
  readonly frames: number
  /** Whether it leads back to the first seed; default: true, as films are shown for ever. */
  readonly loop?: boolean
  /** How long each picture of a film is seen; default: 40. */
  readonly milliseconds?: number
  /** A film (`.webp`, `.gif`), or a folder that ends in a slash and gets every picture. */
  readonly out: string
  /** Inputs that stay as they are: one element each. */
  readonly asked?: Arrays
  readonly onProgress?: (done: number, total: number) => void
  readonly signal?: AbortSignal
}

/**
 * Films the way between seeds in the latent space of a generator, on great circles.
 *
 * @throws ConfigurationError `LATENT_MISSING`, `WAY_INVALID`, `OUT_INVALID`, `MODALITY_UNSEEN`; StorageError; the signal's reason
 *
 * @example
 * ```ts
 * await writeWalk(await loadGenerator('runs/faces'), { seeds: [1, 2, 3], frames: 72, out: 'film.webp' })
 * ```
 */
export async function writeWalk(generator: LoadedGenerator, request: WalkRequest): Promise<void> {
  const { seeds, frames, loop = true, milliseconds = 40, out, asked = {}, onProgress, signal } = request
  const { evaluate, manifest } = generator
  if (!namesFolder(out)) requireFilm(out)
  const names = latentPorts(manifest.inputs, manifest)
  const inputs = wayInputs(manifest.inputs, names, { seeds, frames, loop, between: spherical, asked })
  if (namesFolder(out)) await makeFolder(out)
  const pictures: Uint8Array[] = []
  for await (const { from, outputs } of generateBatches(evaluate, manifest.inputs, {
    ...{ seed: seeds[0]!, count: frames, asked: inputs },
  })) {
    signal?.throwIfAborted()
    const [{ modality, parts }] = partsOf(manifest.outputs, outputs) as [ReturnType<typeof partsOf>[number]]
    if (modality.showOne === undefined) throw unseen(modality.name)
    const count = Object.values(outputs)[0]!.shape[0]!
    for (let index = 0; index < count; index++) {
      const { bytes, extension } = await modality.showOne(parts, index)
      if (!namesFolder(out)) pictures.push(new Uint8Array(bytes))
      else await writeFileAtomically(join(out, `${String(from + index).padStart(6, '0')}.${extension}`), bytes)
      onProgress?.(from + index + 1, frames)
    }
  }
  if (!namesFolder(out)) await writeOutput(out, await filmOf(pictures, { milliseconds, path: out }))
}

function unseen(modality: string): ConfigurationError {
  return new ConfigurationError({
    code: 'MODALITY_UNSEEN',
    message: `Samples of the modality '${modality}' are no pictures, of which a film could be made.`,
  })
}
