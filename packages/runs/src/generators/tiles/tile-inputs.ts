import { join } from 'node:path'
import { ConfigurationError } from '@gantry/core'
import { isFolder, keepInputs, namesFolder, namesFolderForEach } from '@gantry/files'
import { findModality } from '@gantry/modalities'
import type { LoadedGenerator } from '../load-generator.ts'
import { filesOf, namesOf, splitAssignment } from '../read-inputs.ts'
import { readSameInputs } from '../read-same-inputs.ts'
import { imageToImage, type TiledRequest, writeTiled } from './write-tiled.ts'

export interface TileInputsRequest extends Omit<TiledRequest, 'image' | 'asked' | 'onProgress'> {
  /** `name=text`, as people write inputs; the image may be a folder, and then `out` is one. */
  readonly assignments: readonly string[]
  readonly onProgress?: (done: number, total: number, file: string) => void
}

/**
 * Makes images of images tile by tile, of one file or of all files of a folder: see {@link writeTiled}.
 *
 * @returns how many there are
 * @throws ConfigurationError `INPUT_MISSING` without an image, `OUT_INVALID` for a folder that should become one file, `OUT_IS_INPUT`; those of
 * `writeTiled` and `readSameInputs`
 */
export async function tileInputs(
  generator: LoadedGenerator,
  { assignments, out, onProgress = () => {}, ...request }: TileInputsRequest,
): Promise<number> {
  const { inputs, outputs, variant } = generator.manifest
  const { input, port } = imageToImage(inputs, outputs, variant)
  const split = assignments.map((assignment) => ({ assignment, ...splitAssignment(inputs, assignment) }))
  const image = split.find(({ name }) => name === input)?.text
  if (image === undefined) {
    throw new ConfigurationError({
      code: 'INPUT_MISSING',
      message: `Tiles are cut of the input '${input}', which nobody gives.`,
      fix: `Give it: --input ${input}=photo.png.`,
    })
  }
  const others = split.filter(({ name }) => name !== input).map(({ assignment }) => assignment)
  const asked = await readSameInputs(inputs, others)
  const one = (from: string, to: string) =>
    writeTiled(generator, {
      ...{ ...request, asked, image: from, out: to },
      onProgress: (done, total) => onProgress(done, total, from),
    })
  if (!isFolder(image)) {
    const to = namesFolder(out) ? join(out, `${namesOf([image.split(/[\\/]/).at(-1)!])[0]}.png`) : out
    await one(image, to)
    return 1
  }
  if (!namesFolderForEach(out)) {
    throw new ConfigurationError({
      code: 'OUT_INVALID',
      message: `The images of the folder ${image} are made one by one, but --out ${out} is one file.`,
      fix: 'Name a folder: --out results/.',
    })
  }
  const files = await filesOf(image, findModality(port.modality), request.onNote)
  const [from, to] = [files.map((file) => join(image, file)), namesOf(files).map((name) => join(out, `${name}.png`))]
  keepInputs(from, to)
  for (const [index, file] of from.entries()) await one(file, to[index]!)
  return files.length
}
