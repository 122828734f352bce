import { type BoundField, ConfigurationError, type Field, type Fields, suggestion } from '@gantry/core'
import type { Slot, VariantDefinition } from './variant-definition.ts'

type VariantNeeds = Pick<VariantDefinition, 'name' | 'needs'>
type Bound = Readonly<Record<string, BoundField>>

/**
 * Chooses a field of the data for everything that a variant needs: by hand where `by` says so, else the first field of a fitting
 * modality that no other slot has, slots in their order.
 *
 * @param by names of fields by slot: `{ target: 'twitter' }`
 * @returns the fields by slot; slots that may stay empty are missing where nothing fits
 * @throws ConfigurationError `FIELD_MISSING` for a slot that nothing fits; `SLOT_UNKNOWN` and `FIELD_UNKNOWN` for names that do not
 * exist, with the nearest one; `FIELD_MISMATCH` for a field by hand of a modality that does not fit
 *
 * @example
 * ```ts
 * bindFields(cgan, dataset.fields) // { samples: { field: 'image', … }, labels: { field: 'label', … } }
 * ```
 */
export function bindFields(
  variant: VariantNeeds,
  fields: Fields,
  by: Readonly<Record<string, string>> = {},
): Record<string, BoundField> {
  const bound: Record<string, BoundField> = {}
  for (const [slot, field] of Object.entries(by)) bound[slot] = byHand(variant, fields, slot, field)
  for (const [slot, need] of Object.entries(variant.needs)) {
    if (bound[slot] !== undefined) continue
    const taken = new Set(Object.values(bound).map(({ field }) => field))
    const found = Object.entries(fields).find(([field, own]) => !taken.has(field) && fits(need, own))
    if (found !== undefined) bound[slot] = { ...found[1], field: found[0] }
    else if (need.optional !== true) throw missing(variant, slot, fields, bound)
  }
  // In the order of the slots, however they were bound.
  return Object.fromEntries(Object.keys(variant.needs).flatMap((slot) => (bound[slot] ? [[slot, bound[slot]]] : [])))
}

/**
 * The field that stands in a slot.
 *
 * @throws ConfigurationError `FIELD_MISSING`
 */
export function fieldOf(variant: VariantNeeds, fields: Bound, slot: string): BoundField {
  const field = fields[slot]
  if (field === undefined) throw missing(variant, slot, fields)
  return field
}

/**
 * How many classes labels are of.
 *
 * @throws ConfigurationError `NAMES_MISSING` for labels whose classes have no names
 */
export function classesOf({ field, names }: BoundField): number {
  if (names !== undefined && names.length > 0) return names.length
  throw new ConfigurationError({
    code: 'NAMES_MISSING',
    message: `The field '${field}' holds labels, but has no names, so that nobody knows how many classes there are.`,
    fix: 'Give the field of the data set the names of its classes.',
  })
}

function fits({ modalities }: Slot, { modality }: Field): boolean {
  return modalities.includes(modality)
}

function byHand({ name, needs }: VariantNeeds, fields: Fields, slot: string, field: string): BoundField {
  const need = needs[slot]
  if (need === undefined) {
    throw new ConfigurationError({
      code: 'SLOT_UNKNOWN',
      message: `The variant '${name}' needs no '${slot}', so that '${field}' cannot be bound to it.`,
      fix: suggestion(slot, Object.keys(needs)),
    })
  }
  const own = fields[field]
  if (own === undefined) {
    throw new ConfigurationError({
      code: 'FIELD_UNKNOWN',
      message: `The data set has no field '${field}' that could be bound to '${slot}'.`,
      fix: suggestion(field, Object.keys(fields)),
    })
  }
  if (!fits(need, own)) {
    throw new ConfigurationError({
      code: 'FIELD_MISMATCH',
      message: `The variant '${name}' needs ${anyOf(need)} as '${slot}', but the field '${field}' is of the modality ${own.modality}.`,
      fix: `Bind another field to it; the data set has ${listed(fields)}.`,
    })
  }
  return { ...own, field }
}

/** @param bound fields that other slots have already */
function missing({ name, needs }: VariantNeeds, slot: string, fields: Fields, bound: Bound = {}): ConfigurationError {
  const need = needs[slot]!
  const taken = Object.entries(bound).filter(([, own]) => fits(need, own))
  const others = taken.map(([other, { field }]) => `'${field}' is bound to '${other}'`).join(', ')
  return new ConfigurationError({
    code: 'FIELD_MISSING',
    message: `The variant '${name}' needs ${anyOf(need)} as '${slot}', but the data set has ${listed(fields)}${others && `, and ${others}`}.`,
    fix: `Choose other data${taken.length > 0 ? ', such as two side by side (unpaired:A,B or paired:A,B),' : ''} or another variant${otherBinding(needs, taken, fields, bound)}.`,
  })
}

/** A slot that has what this one needs may do with another field. */
function otherBinding(
  needs: VariantNeeds['needs'],
  taken: [string, BoundField][],
  fields: Fields,
  bound: Bound,
): string {
  const used = new Set(Object.values(bound).map(({ field }) => field))
  for (const [other] of taken) {
    const free = Object.keys(fields).find((field) => !used.has(field) && fits(needs[other]!, fields[field]!))
    if (free !== undefined) return `, or bind another field to '${other}': --bind ${other}=${free}`
  }
  return ''
}

const anyOf = ({ modalities }: Slot) => `a field of the modality ${modalities.join(' or ')}`

function listed(fields: Fields): string {
  const all = Object.entries(fields).map(([name, { modality }]) => `'${name}' (${modality})`)
  return all.length === 0 ? 'no fields' : all.join(', ')
}
