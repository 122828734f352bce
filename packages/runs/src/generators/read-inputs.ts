import type { Dirent } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { ConfigurationError, counted, type NDArray, type Port, type Ports, suggestion } from '@gantry/core'
import { storageError } from '@gantry/files'
import { type FileReader, findModality, isWritten, type Modality, parseInput } from '@gantry/modalities'
import type { Arrays } from '@gantry/training'
import { checkMemory } from './check-memory.ts'
import { decodeImage } from './decode-image.ts'
import type { FolderInputs } from './folder-inputs.ts'

/** Inputs that a person gives, as arrays. */
export interface GivenInputs {
  /** One element for all samples. */
  readonly asked: Arrays
  /** One element a sample, where folders were given. */
  readonly each?: FolderInputs
  /** Paths of all that is read. */
  readonly files: readonly string[]
}

export interface ReadInputsOptions {
  /** What the function makes, which may take more memory than what it is given. */
  readonly outputs?: Ports
  readonly registry?: readonly Modality[]
  /** Told which files of a folder are left out, and which pictures of a file. */
  readonly onNote?: (text: string) => void
}

/**
 * Reads inputs as they stand on a command line: `label=7`, `image=photo.png`, `truncation=0.7`. A folder gives an element for each of
 * its files, in the order of their names, which are read when they are wanted.
 *
 * @param assignments `name=text`
 * @throws ConfigurationError `INPUT_INVALID`, `INPUT_EMPTY`, `INPUT_UNKNOWN` with the nearest name, `INPUT_UNREADABLE` for what nobody can write,
 * `INPUT_TWICE`, `INPUT_COUNTS_DIFFER`, `FOLDER_EMPTY`, `IMAGE_TOO_LARGE`; what the modalities' `parse` throws; StorageError
 */
export async function readInputs(
  ports: Ports,
  assignments: readonly string[],
  { outputs = {}, registry, onNote = () => {} }: ReadInputsOptions = {},
): Promise<GivenInputs> {
  const onImage = (name: string) => (image: NDArray) => checkMemory({ inputs: ports, outputs }, { [name]: image })
  const asked: Record<string, NDArray> = {}
  const folders: Record<string, GivenFolder> = {}
  const read = new Set<string>()
  for (const assignment of assignments) {
    const { name, port, text } = splitAssignment(ports, assignment)
    if (asked[name] !== undefined || folders[name] !== undefined) throw twice(name, text)
    const onRead = (path: string) => read.add(path)
    const given = await readOne(name, port, text, { registry, onNote, onImage: onImage(name), onRead })
    if ('array' in given) {
      asked[name] = given.array
      continue
    }
    const [first = given] = Object.values(folders)
    const [before, now] = [first.files.length, given.files.length]
    if (before !== now) throw countsDiffer(before, now, text)
    folders[name] = given
    for (const file of given.files) read.add(join(text, file))
  }
  return { asked, files: [...read], ...(Object.keys(folders).length > 0 && { each: together(folders) }) }
}

/** Files of a folder, in the order of their names. */
interface GivenFolder {
  readonly files: readonly string[]
  load(index: number): Promise<NDArray>
}

function together(folders: Readonly<Record<string, GivenFolder>>): FolderInputs {
  return {
    inputs: Object.keys(folders),
    names: namesOf(Object.values(folders)[0]!.files),
    async load(index) {
      const arrays = Object.entries(folders).map(async ([name, folder]) => [name, await folder.load(index)] as const)
      return Object.fromEntries(await Promise.all(arrays))
    },
  }
}

interface Reading {
  readonly registry: readonly Modality[] | undefined
  readonly onNote: (text: string) => void
  /** Told of every image before it becomes numbers, which take four times its memory. */
  readonly onImage: (image: NDArray) => void
  /** Told of every file that is read. */
  readonly onRead: (path: string) => void
}

async function readOne(
  name: string,
  port: Port,
  text: string,
  { registry, onNote, onImage, onRead }: Reading,
): Promise<{ readonly array: NDArray } | GivenFolder> {
  const modality = findModality(port.modality, registry)
  if (!isWritten(modality)) {
    throw new ConfigurationError({
      code: 'INPUT_UNREADABLE',
      message: `The input '${name}' is of the modality ${port.modality}, which cannot be written as text: '${text}'.`,
      fix: 'Leave it out: it is drawn from the seed.',
    })
  }
  // Whether a text names a file is up to the modality: '7' is a label, whatever lies in the working directory.
  let folder = false
  const onFolder = () => {
    folder = true
  }
  const parse = (path: string, hooks: Partial<ReaderHooks> = {}) =>
    parseInput(modality, name, port, path, readerOf(path, { onImage, onNote, ...hooks }))
  try {
    return { array: await parse(text, { onFolder, onRead }) }
  } catch (error) {
    if (!folder) throw error
  }
  const files = await filesOf(text, modality, onNote)
  const load = (index: number) => {
    const path = join(text, files[index]!)
    return parse(path)
  }
  return { files, load }
}

/**
 * The input that `name=text` means, and its text.
 *
 * @throws ConfigurationError `INPUT_INVALID`, `INPUT_UNKNOWN` with the nearest name
 */
export function splitAssignment(ports: Ports, assignment: string): { name: string; port: Port; text: string } {
  const [, name, text] = /^([^=]+)=(.*)$/s.exec(assignment) ?? []
  if (name === undefined || text === undefined) {
    const isName = Object.hasOwn(ports, assignment)
    throw new ConfigurationError({
      code: 'INPUT_INVALID',
      message: `An input is name=value, not '${assignment}'.`,
      fix: isName
        ? `Say what it is to be, without a blank: ${assignment}=VALUE.`
        : `Name the input: ${Object.keys(ports)[0] ?? 'name'}=${assignment}.`,
    })
  }
  // A label is asked for as 'label', whatever the input is called.
  const byModality = Object.entries(ports).find(([, port]) => port.modality === name)
  const found = Object.hasOwn(ports, name) ? ([name, ports[name]!] as const) : byModality
  if (found !== undefined) return { name: found[0], port: found[1], text }
  throw new ConfigurationError({
    code: 'INPUT_UNKNOWN',
    message: `There is no input '${name}'.`,
    fix: suggestion(name, Object.keys(ports)),
  })
}

/**
 * Names of the files in a folder that a modality reads, in order.
 *
 * @param onNote told of the others
 * @throws ConfigurationError `FOLDER_EMPTY`; StorageError
 */
export async function filesOf(
  folder: string,
  { extensions }: Pick<Modality, 'extensions'>,
  onNote: (text: string) => void = () => {},
): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause) => {
    throw storageError('read', folder, cause)
  })
  const all = entries.filter(({ name }) => !name.startsWith('.'))
  const isRead = (entry: Dirent) => entry.isFile() && (extensions?.includes(extname(entry.name).toLowerCase()) ?? true)
  const files = all
    .filter(isRead)
    .map(({ name }) => name)
    .sort()
  const others = all
    .filter((entry) => !isRead(entry))
    .map((entry) => `${entry.name}${entry.isDirectory() ? '/' : ''}`)
    .sort()
  const first = `${others.slice(0, 3).join(', ')}${others.length > 3 ? ' …' : ''}`
  if (files.length > 0) {
    const were = others.length === 1 ? 'entry of it was' : 'entries of it were'
    if (others.length > 0) onNote(`warning: ${folder}: ${others.length} ${were} left out: ${first}`)
    return files
  }
  throw new ConfigurationError({
    code: 'FOLDER_EMPTY',
    message:
      others.length === 0
        ? `The folder ${folder} has no files.`
        : `The folder ${folder} holds no file that ends in ${extensions!.join(', ')}, only ${first}.`,
    fix: 'Name a folder that holds what is to be given, one file a sample.',
  })
}

/** Without their extension, where that leaves different names. */
export function namesOf(files: readonly string[]): readonly string[] {
  const names = files.map((file) => file.replace(/\.[^.]+$/, ''))
  return new Set(names).size === files.length ? names : files
}

interface ReaderHooks extends Pick<Reading, 'onImage' | 'onNote'>, Partial<Pick<Reading, 'onRead'>> {
  /** Told when what is to be read turns out to be a folder. */
  readonly onFolder?: () => void
}

function readerOf(path: string, { onImage, onNote, onFolder = () => {}, onRead = () => {} }: ReaderHooks): FileReader {
  return {
    async read(wanted) {
      if (wanted === '') throw nothingGiven()
      const bytes = await readFile(wanted).catch((cause) => {
        if ((cause as NodeJS.ErrnoException).code === 'EISDIR') onFolder()
        throw storageError('read', wanted, cause)
      })
      onRead(wanted)
      return new Uint8Array(bytes)
    },
    async decodeImage(bytes, shape) {
      const image = await decodeImage(bytes, shape, path, onNote)
      onImage({ ...image, shape: [1, ...image.shape] })
      return image
    },
  }
}

function nothingGiven(): ConfigurationError {
  return new ConfigurationError({
    code: 'INPUT_EMPTY',
    message: 'An input is read from a file, but none is named.',
    fix: 'Write its path behind the =.',
  })
}

function twice(name: string, text: string): ConfigurationError {
  return new ConfigurationError({
    code: 'INPUT_TWICE',
    message: `The input '${name}' is given twice, the second time as '${text}'.`,
    fix: 'Leave one of them out.',
  })
}

function countsDiffer(before: number, now: number, folder: string): ConfigurationError {
  return new ConfigurationError({
    code: 'INPUT_COUNTS_DIFFER',
    message: `The first folder has ${counted(before, 'file')}, but ${folder} has ${now}.`,
    fix: 'Give folders of as many files.',
  })
}
