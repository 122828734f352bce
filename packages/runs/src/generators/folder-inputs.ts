import { ConfigurationError, joinRows, type NDArray, sizeOfShape } from '@gantry/core'
import type { Arrays } from '@gantry/training'

/** Inputs of which a folder of files gives one a sample. */
export interface FolderInputs {
  /** Names of the inputs. */
  readonly inputs: readonly string[]
  /** Of the files of the first folder that was given, without their extension where they differ without it. */
  readonly names: readonly string[]
  /** One element of each such input, [1, ...shape], read when it is wanted: photographs of a folder may not fit into memory together. */
  load(index: number): Promise<Arrays>
}

/** Elements that are read before they are used. */
const MOST_AHEAD = 64

/** Numbers that are read before they are used, unless one element has more. */
const NUMBERS_AHEAD = 2 ** 22

/** Inputs of several samples. */
export interface InputGroup {
  readonly from: number
  readonly count: number
  readonly asked: Arrays
}

/** All elements in order, those of one shape together as long as they are few and small. */
export async function* groupsOf({ names, load }: FolderInputs): AsyncGenerator<InputGroup> {
  let [group, numbers]: [Arrays[], number] = [[], 0]
  const finished = (next: number): InputGroup => {
    const asked = mapNames(group[0]!, (name) => joinRows(group.map((arrays) => arrays[name]!)))
    return { from: next - group.length, count: group.length, asked }
  }
  for (const index of names.keys()) {
    const arrays = await load(index)
    const size = Object.values(arrays).reduce((sum, { shape }) => sum + sizeOfShape(shape), 0)
    const joins = group.length < MOST_AHEAD && numbers + size <= NUMBERS_AHEAD && sameShapes(group[0] ?? arrays, arrays)
    if (group.length > 0 && !joins) {
      yield finished(index)
      ;[group, numbers] = [[], 0]
    }
    group.push(arrays)
    numbers += size
  }
  if (group.length > 0) yield finished(names.length)
}

/**
 * All elements at once.
 *
 * @throws ConfigurationError `INPUTS_DIFFER` where they have several shapes
 */
export async function loadAll({ names, load }: FolderInputs): Promise<Arrays> {
  const all: Arrays[] = []
  for (const index of names.keys()) {
    all.push(await load(index))
    const [first, last] = [all[0]!, all.at(-1)!]
    if (!sameShapes(first, last)) throw differ(names, index, first, last)
  }
  return mapNames(all[0] ?? {}, (name) => joinRows(all.map((arrays) => arrays[name]!)))
}

function sameShapes(one: Arrays, other: Arrays): boolean {
  return Object.entries(one).every(([name, { shape }]) => shape.join() === other[name]!.shape.join())
}

function mapNames(arrays: Arrays, make: (name: string) => NDArray): Record<string, NDArray> {
  return Object.fromEntries(Object.keys(arrays).map((name) => [name, make(name)]))
}

function differ(names: readonly string[], index: number, first: Arrays, other: Arrays): ConfigurationError {
  const shapeOf = (arrays: Arrays) => Object.values(arrays).map(({ shape }) => `[${shape.slice(1)}]`)
  return new ConfigurationError({
    code: 'INPUTS_DIFFER',
    message: `One picture of all samples wants inputs of one shape, but '${names[0]}' has ${shapeOf(first)} and '${names[index]}' ${shapeOf(other)}.`,
    fix: 'Name a folder that gets a file for each: --out results/.',
  })
}
