import { readFile } from 'node:fs/promises'
import { DataError, type NDArray } from '@gantry/core'
import { checkOutput, keepInputs, storageError, writeOutput } from '@gantry/files'
import { peakSignalToNoise, quantiseImages } from '@gantry/metrics'
import { imageGrid } from '@gantry/modalities'
import type { ProjectionSpace } from '@gantry/variants'
import { choosePerceptual } from '../evaluation/choose-perceptual.ts'
import { filmFormat, filmOf } from '../film.ts'
import { decodeImage } from '../generators/decode-image.ts'
import { openCheckpoint } from '../open-checkpoint.ts'
import type { RunFolder } from '../run-folder.ts'
import { searchStyles, synthesisOf } from './search-styles.ts'

export interface ProjectionRequest {
  /** The picture that is looked for. */
  readonly picture: string
  /** A PNG: the picture, and what was found. */
  readonly out: string
  /** A film of the search, the picture at its side. */
  readonly film?: string
  /** `w`: styles that the generator could draw; `w+`, the default: one for each layer, which come closer. */
  readonly space?: ProjectionSpace
  /** Default: 1,000. */
  readonly steps?: number
  readonly seed?: number
  readonly perceptual?: 'random-conv' | 'vgg19'
  /** Weight of the pixels beside the features; default: 1. */
  readonly pixelWeight?: number
  /** Whether the picture is brought to the generator's size where it has another. */
  readonly resize?: boolean
  readonly onNote?: (text: string) => void
  readonly onProgress?: (done: number, total: number) => void
  readonly signal?: AbortSignal
}

/** How close it came. */
export interface ProjectionResult {
  readonly psnr: number
  /** LPIPS where its weights are, else its formula over random convolutions: `name` says which. */
  readonly perceptual: { readonly name: string; readonly distance: number }
  readonly space: ProjectionSpace
  readonly steps: number
}

const FRAMES = 60
const NOISE_WEIGHT = 1e5

/**
 * Projects a picture into the space of a run's generator: looks for styles and noise of which it makes that picture, and writes both
 * side by side.
 *
 * @throws ConfigurationError `STYLES_MISSING`, `OUT_INVALID`, `OUT_IS_INPUT`; DataError `IMAGE_MISSIZED`, `IMAGE_UNREADABLE`; StorageError; the signal's
 * reason
 *
 * @example
 * ```ts
 * await writeProjection(await RunFolder.open('runs/faces'), { picture: 'drawing.png', out: 'projected.png' })
 * ```
 */
export async function writeProjection(run: RunFolder, request: ProjectionRequest): Promise<ProjectionResult> {
  const { picture, out, film, space = 'w+', steps = 1000, seed = 0, perceptual = 'random-conv' } = request
  const { pixelWeight = 1, onNote, onProgress, signal } = request
  const format = film === undefined ? undefined : filmFormat(film)
  checkOutput(out, 'png', 'The picture beside what was found')
  keepInputs([picture], film === undefined ? [out] : [out, film])
  const opened = await openCheckpoint(run, { ...(onNote && { onNote }) })
  try {
    const port = synthesisOf(opened).outputs.samples!
    const range = port.range ?? ([-1, 1] as const)
    const target = await readTarget(picture, port.shape as readonly number[], range, request.resize === true)
    const frames: Uint8Array[] = []
    const beside = (made: NDArray) =>
      imageGrid([
        { images: target, range },
        { images: made, range },
      ])
    const found = await searchStyles(opened, target, {
      ...{ space, steps, seed, perceptual, pixelWeight, noiseWeight: NOISE_WEIGHT },
      pictures: film === undefined ? 0 : FRAMES,
      onPicture: async (made) => {
        if (film !== undefined) frames.push(await beside(made))
      },
      ...(onProgress && { onProgress }),
      ...(signal && { signal }),
    })
    await writeOutput(out, await beside(found.picture))
    if (film !== undefined && format !== undefined) {
      await writeOutput(film, await filmOf(frames, { milliseconds: 60, format }))
    }
    return { ...(await compare(target, found.picture, range)), space, steps }
  } finally {
    await opened.dispose()
  }
}

/** @returns [1, height, width, channels] in the range */
async function readTarget(
  path: string,
  shape: readonly number[],
  [black, white]: readonly [number, number],
  resize: boolean,
): Promise<NDArray<'float32'>> {
  const bytes = await readFile(path).catch((cause) => {
    throw storageError('read', path, cause)
  })
  const [height, width, channels] = shape as readonly [number, number, number]
  const own = resize ? undefined : await decodeImage(bytes, ['height', 'width', channels], path)
  if (own !== undefined && (own.shape[0] !== height || own.shape[1] !== width)) {
    throw new DataError({
      code: 'IMAGE_MISSIZED',
      message: `The picture '${path}' has ${own.shape[1]}×${own.shape[0]} pixels, but the generator makes ${width}×${height}.`,
      fix: 'Bring it to that size, or let it be brought there: --resize.',
    })
  }
  const { data } = own ?? (await decodeImage(bytes, shape, path))
  const values = Float32Array.from(data as Uint8Array, (byte) => (byte / 255) * (white - black) + black)
  return { dtype: 'float32', shape: [1, ...shape], data: values }
}

async function compare(target: NDArray, made: NDArray, range: readonly [number, number]) {
  const [left, right] = [target, made].map((images) => quantiseImages(images, 0, range)) as [
    ReturnType<typeof quantiseImages>,
    ReturnType<typeof quantiseImages>,
  ]
  const perceptual = await choosePerceptual(target.shape.slice(1, 3))
  try {
    const { distances } = await perceptual.compare(left, right)
    return {
      psnr: peakSignalToNoise(left, right)[0]!,
      perceptual: { name: perceptual.name, distance: distances[0]! },
    }
  } finally {
    await perceptual.dispose()
  }
}
