import { ConfigurationError, suggestion } from '@gantry/core'
import { type DatasetDefinition, listedName } from './dataset-definition.ts'

/** What a name stands for, and the data sets that it is made of. */
export interface FoundDataset {
  readonly definition: DatasetDefinition
  /** What follows the colon; empty without one. */
  readonly parameter: string
  readonly parts: readonly FoundDataset[]
}

/**
 * Finds what a name stands for.
 *
 * @throws ConfigurationError `DATASET_UNKNOWN`, `DATASET_PARAMETER_MISSING`, or what the data set says of its parameter
 */
export function findDataset(name: string, definitions: readonly DatasetDefinition[]): FoundDataset {
  const { head, parameter = '', definition } = split(name, definitions)
  if (definition === undefined) throw unknown(name, head, definitions)
  if (!isComplete(name, definitions)) throw incomplete(name, definition)
  const other = otherName(definition, parameter, definitions)
  if (other !== undefined) return findDataset(other, definitions)
  const parts = partsOf(definition, parameter, definitions)
  return { definition, parameter, parts: parts.map((part) => findDataset(part, definitions)) }
}

function otherName(
  definition: DatasetDefinition,
  parameter: string,
  definitions: readonly DatasetDefinition[],
): string | undefined {
  return definition.standsFor?.(parameter, { partOf: (name, part) => partOf(name, part, definitions) })
}

function partsOf(
  definition: DatasetDefinition,
  parameter: string,
  definitions: readonly DatasetDefinition[],
): readonly string[] {
  return definition.parts?.(parameter, (text) => isComplete(text, definitions)) ?? []
}

/** A part of what is made of other data sets is made of their parts. */
function partOf(
  name: string,
  part: 'held-out' | 'training',
  definitions: readonly DatasetDefinition[],
): string | undefined {
  const { parameter = '', definition } = split(name, definitions)
  if (definition === undefined) return undefined
  const other = otherName(definition, parameter, definitions)
  if (other !== undefined) return partOf(other, part, definitions) ?? `${part}:${other}`
  const own = definition.heldOut?.(parameter)
  if (own !== undefined) return part === 'held-out' ? own : name
  const parts = partsOf(definition, parameter, definitions)
  return parts.length === 0 ? undefined : renamed(name, parts, (inner) => `${part}:${inner}`)
}

/** A name in which those of its parts, which follow each other in it, are others. */
function renamed(name: string, parts: readonly string[], rename: (part: string) => string): string {
  let [left, right] = [name, '']
  // From the end: what comes before a part may look like it.
  for (const part of parts.toReversed()) {
    const at = left.lastIndexOf(part)
    right = rename(part) + left.slice(at + part.length) + right
    left = left.slice(0, at)
  }
  return left + right
}

/** A name whose paths are the same in any working directory; as it is where nothing is known by it. */
export function absoluteName(name: string, definitions: readonly DatasetDefinition[]): string {
  const { parameter, definition } = split(name, definitions)
  if (definition === undefined || parameter === undefined || !isComplete(name, definitions)) return name
  const own = definition.absolute?.(parameter)
  if (own !== undefined) return `${definition.name}:${own}`
  const parts = partsOf(definition, parameter, definitions)
  return renamed(name, parts, (part) => absoluteName(part, definitions))
}

function split(name: string, definitions: readonly DatasetDefinition[]) {
  const [, head = name, parameter] = /^([^:]*):(.*)$/s.exec(name) ?? []
  return { head, parameter, definition: definitions.find((candidate) => candidate.name === head) }
}

/** True for a data set's name with as much behind the colon as it needs. */
function isComplete(name: string, definitions: readonly DatasetDefinition[]): boolean {
  const { parameter, definition } = split(name, definitions)
  if (definition === undefined) return false
  if (definition.choices !== undefined) return parameter === undefined || definition.choices.includes(parameter)
  return definition.parameter === undefined ? parameter === undefined : !!parameter
}

function incomplete(name: string, definition: DatasetDefinition): ConfigurationError {
  const { name: head, parameter, choices } = definition
  if (parameter === undefined) {
    const there = choices?.map((choice) => `${head}:${choice}`) ?? [head]
    return refusal(name, choices === undefined ? `Did you mean '${head}'?` : suggestion(name, there))
  }
  return new ConfigurationError({
    code: 'DATASET_PARAMETER_MISSING',
    message: `The data set '${head}' needs its ${parameter}, but the name is only '${name}'.`,
    fix: `Write ${listedName(definition)}.`,
  })
}

function unknown(name: string, head: string, definitions: readonly DatasetDefinition[]): ConfigurationError {
  const names = definitions.map((known) => known.name)
  const isPath = looksLikePath(name) && names.includes('folder')
  return refusal(name, isPath ? `Did you mean 'folder:${name}'?` : suggestion(head, names))
}

function refusal(name: string, fix: string): ConfigurationError {
  return new ConfigurationError({ code: 'DATASET_UNKNOWN', message: `There is no data set '${name}'.`, fix })
}

/** True for `faces/train` and `C:\\faces`, but not for `fodler:/faces`. */
function looksLikePath(name: string): boolean {
  return /^([a-z]:)?[^:]*[\\/]/i.test(name)
}
