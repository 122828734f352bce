import { join } from 'node:path'
import { ConfigurationError } from '@gantry/core'
import { makeFolder, namesFolder, writeFileAtomically, writeOutput } from '@gantry/files'
import { type Latent, linear, spaceOf } from '@gantry/latents'
import { partsOf, supply } from '@gantry/modalities'
import { type Arrays, generateBatches } from '@gantry/training'
import { type FilmFormat, filmFormat, filmOf } from '../film.ts'
import type { LoadedGenerator } from '../generators/load-generator.ts'
import { latentPorts, wayInputs } from './latent-inputs.ts'
import type { StyleModel } from './style-model.ts'

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
  /** The halves of a generator of styles: the way then leads from style to style, in straight lines. */
  readonly styles?: StyleModel
  readonly onProgress?: (done: number, total: number) => void
  readonly signal?: AbortSignal
}

/**
 * What a walk is written as: a film, or nothing where its pictures go into a folder.
 *
 * @throws ConfigurationError `OUT_INVALID`
 */
export function walkFormat(out: string): FilmFormat | undefined {
  return namesFolder(out) ? undefined : filmFormat(out)
}

/**
 * Films the way between seeds in the latent space of a generator, on great circles where it is normal; or between the styles
 * that it makes of them (W), in straight lines.
 *
 * @throws ConfigurationError `LATENT_MISSING`, `WAY_INVALID`, `OUT_INVALID`, `MODALITY_UNSEEN`; StorageError; the signal's reason
 *
 * @example
 * ```ts
 * await writeWalk(await loadGenerator('runs/faces'), { seeds: [1, 2, 3], frames: 72, out: 'film.webp' })
 * ```
 */
export async function writeWalk(generator: LoadedGenerator, request: WalkRequest): Promise<void> {
  const { frames, milliseconds = 40, out, onProgress, signal } = request
  const format = walkFormat(out)
  const { evaluate, ports, inputs } = await wayOf(generator, request)
  if (format === undefined) await makeFolder(out)
  const pictures: Uint8Array[] = []
  for await (const { from, outputs } of generateBatches(evaluate, ports.inputs, {
    ...{ seed: request.seeds[0]!, count: frames, asked: inputs },
  })) {
    signal?.throwIfAborted()
    const [{ modality, parts }] = partsOf(ports.outputs, outputs) as [ReturnType<typeof partsOf>[number]]
    if (modality.showOne === undefined) throw unseen(modality.name)
    const count = Object.values(outputs)[0]!.shape[0]!
    for (let index = 0; index < count; index++) {
      const { bytes, extension } = await modality.showOne(parts, index)
      if (format !== undefined && extension !== 'png') throw unseen(modality.name)
      if (format !== undefined) pictures.push(new Uint8Array(bytes))
      else await writeFileAtomically(join(out, `${String(from + index).padStart(6, '0')}.${extension}`), bytes)
      onProgress?.(from + index + 1, frames)
    }
  }
  if (format !== undefined) await writeOutput(out, await filmOf(pictures, { milliseconds, format }))
}

/** A function, and what it is given for every frame. */
interface Way {
  readonly evaluate: LoadedGenerator['evaluate']
  readonly ports: Pick<LoadedGenerator['manifest'], 'inputs' | 'outputs'>
  readonly inputs: Arrays
}

async function wayOf({ evaluate, manifest }: LoadedGenerator, request: WalkRequest): Promise<Way> {
  const { seeds, frames, loop = true, asked = {}, styles } = request
  const names = latentPorts(manifest.inputs, manifest).filter((name) => asked[name] === undefined)
  const draw = (seed: number) => supply(manifest.inputs, { seed, from: 0, count: 1, asked })
  const draws = seeds.map(draw)
  const first = draws[0] ?? draw(0)
  if (styles === undefined) {
    const moving = names.map((name) => {
      const points = draws.map((own) => own[name]!.data as Latent)
      return [name, { points, ...spaceOf(manifest.inputs[name]!.drawn) }] as const
    })
    const inputs = wayInputs(first, Object.fromEntries(moving), { frames, loop })
    return { evaluate, ports: manifest, inputs }
  }
  const mapped = await Promise.all(draws.map((own) => styles.mapped(own)))
  const still = { ...styles.beside(first), styles: mapped[0] ?? (await styles.mapped(first)) }
  const styleWay = { points: mapped.map(({ data }) => data), between: linear }
  const { evaluate: synthesize, manifest: ports } = styles.synthesis
  return { evaluate: synthesize, ports, inputs: wayInputs(still, { styles: styleWay }, { frames, loop }) }
}

function unseen(modality: string): ConfigurationError {
  return new ConfigurationError({
    code: 'MODALITY_UNSEEN',
    message: `Samples of the modality '${modality}' are no pictures, of which a film could be made.`,
    fix: 'Choose a generator of images.',
  })
}
