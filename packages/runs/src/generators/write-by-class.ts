import { join } from 'node:path'
import { ConfigurationError, type Port } from '@gantry/core'
import { makeFolder } from '@gantry/files'
import { countOf } from '@gantry/modalities'
import type { LoadedGenerator } from './load-generator.ts'
import { rowsBy } from './rows-by.ts'
import { writeSamples } from './sample-generator.ts'

export interface ByClassRequest {
  /** Samples of each class. */
  readonly count: number
  readonly seed: number
  /** Folder of the folders. */
  readonly out: string
}

/**
 * Writes samples of every class into a folder of its own, as `folder:` data sets have them: `OUT/CLASS/seed0-000000.png`. Another seed adds
 * others beside them.
 *
 * @returns names of the folders, in the order of the classes
 * @throws ConfigurationError `CLASSES_MISSING` for generators that take no labels; what `writeSamples` throws
 *
 * @example
 * ```ts
 * await writeByClass(await loadGenerator('runs/cgan'), { count: 100, seed: 0, out: 'more-digits' })
 * const dataset = await openDataset('folder:more-digits')
 * ```
 */
export async function writeByClass(
  generator: LoadedGenerator,
  { count, seed, out }: ByClassRequest,
): Promise<readonly string[]> {
  const { inputs, variant } = generator.manifest
  const [label, port] = Object.entries(inputs).find(([, { modality }]) => modality === 'label') ?? []
  const classes = port && countOf(port)
  if (label === undefined || classes === undefined) throw withoutClasses(variant)
  const folders = folderNames(port!, classes)
  const { asked } = rowsBy(inputs, label, classes * count)
  for (const folder of folders) await makeFolder(join(out, folder))
  const names = Array.from({ length: classes * count }, (_, index) => {
    const number = String(index % count).padStart(6, '0')
    return join(folders[Math.floor(index / count)]!, `seed${seed}-${number}`)
  })
  await writeSamples(generator, { count: classes * count, seed, out: `${out}/`, asked, names })
  return folders
}

/** Names of classes as folders can have them on every system; numbers where there are no names, or two would be one folder. */
function folderNames({ names }: Port, classes: number): string[] {
  const digits = String(classes - 1).length
  const plain = Array.from({ length: classes }, (_, index) => {
    const name = (names?.[index] ?? '').replace(/[\\/:*?"<>|\p{Cc}]/gu, '-').replace(/^[. ]+|[. ]+$/g, '')
    return name === '' ? String(index).padStart(digits, '0') : name
  })
  const lower = plain.map((name) => name.toLowerCase())
  return plain.map((name, index) => {
    const isAlone = lower.filter((other) => other === lower[index]).length === 1
    return isAlone ? name : `${name}-${String(index).padStart(digits, '0')}`
  })
}

function withoutClasses(variant: string): ConfigurationError {
  return new ConfigurationError({
    code: 'CLASSES_MISSING',
    message: `This generator (${variant}) takes no labels, so that nobody knows of what class its samples are.`,
    fix: "Train a conditional variant such as 'cgan', or take 'gantry sample --out folder/'.",
  })
}
