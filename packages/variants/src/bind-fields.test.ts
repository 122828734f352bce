import { type Fields, imageField, labelField, pointsField } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import { bindFields, classesOf, fieldOf } from './bind-fields.ts'
import type { VariantDefinition } from './variant-definition.ts'

const pair: Pick<VariantDefinition, 'name' | 'needs'> = {
  name: 'pair',
  needs: {
    input: { modalities: ['image', 'points'] },
    target: { modalities: ['image'] },
    labels: { modalities: ['label'], optional: true },
  },
}
const twins: Fields = {
  google: imageField([8, 8, 3]),
  twitter: imageField([8, 8, 3]),
  kind: labelField(['cat', 'dog']),
  place: pointsField([2]),
}

/** Names of fields by slot. */
const namesOf = (...asked: Parameters<typeof bindFields>) =>
  Object.entries(bindFields(...asked)).map(([slot, { field }]) => [slot, field])

const refused = (code: string, ...texts: readonly string[]) =>
  expect.objectContaining({
    code,
    exitCode: 2,
    message: expect.stringMatching(new RegExp(texts.map((text) => `(?=.*${text})`).join(''))),
  })

describe('fields', () => {
  it('are bound in the order of the slots, each to one', () => {
    expect(namesOf(pair, twins)).toEqual([
      ['input', 'google'],
      ['target', 'twitter'],
      ['labels', 'kind'],
    ])
    expect(bindFields(pair, twins).labels).toEqual({ ...labelField(['cat', 'dog']), field: 'kind' })
  })

  it('are bound by hand, and leave the others what is left', () => {
    expect(namesOf(pair, twins, { input: 'twitter' })).toEqual([
      ['input', 'twitter'],
      ['target', 'google'],
      ['labels', 'kind'],
    ])
    expect(namesOf(pair, twins, { input: 'place' })).toContainEqual(['target', 'google'])
    // By hand, one field may stand in two slots.
    expect(namesOf(pair, twins, { input: 'google', target: 'google' })).toContainEqual(['target', 'google'])
  })

  it('may be missing where a slot may stay empty', () => {
    const { google, twitter } = twins as Required<typeof twins>
    expect(Object.keys(bindFields(pair, { google: google!, twitter: twitter! }))).toEqual(['input', 'target'])
  })

  it('that are missing are named, with what there is and how to choose', () => {
    const { google, kind } = twins
    expect(() => bindFields(pair, { google: google!, kind: kind! })).toThrow(
      refused(
        'FIELD_MISSING',
        "'pair'",
        'image',
        "'target'",
        "'google' \\(image\\), 'kind' \\(label\\), and 'google' is bound to 'input'",
        'Choose other data, such as two side by side \\(unpaired:A,B or paired:A,B\\), or another variant\\.$',
      ),
    )
    // What it lacks has gone to a slot that could do with another.
    expect(() => bindFields(pair, { google: google!, place: twins.place! })).toThrow(
      refused('FIELD_MISSING', "'google' is bound to 'input'", "another field to 'input': --bind input=place"),
    )
    expect(namesOf(pair, { google: google!, place: twins.place! }, { input: 'place' })).toContainEqual([
      'target',
      'google',
    ])
    expect(() => bindFields(pair, {})).toThrow(refused('FIELD_MISSING', 'image or points', 'no fields'))
    expect(() => fieldOf(pair, bindFields(pair, { ...twins, kind: twins.place! }), 'labels')).toThrow(
      refused('FIELD_MISSING', "'labels'"),
    )
  })

  it('that do not exist or do not fit are refused', () => {
    expect(() => bindFields(pair, twins, { traget: 'google' })).toThrow(
      refused('SLOT_UNKNOWN', "'traget'", "Did you mean 'target'"),
    )
    expect(() => bindFields(pair, twins, { target: 'twiter' })).toThrow(
      refused('FIELD_UNKNOWN', "'twiter'", "Did you mean 'twitter'"),
    )
    expect(() => bindFields(pair, twins, { target: 'place' })).toThrow(
      refused('FIELD_MISMATCH', "image as 'target'", "'place'.*points"),
    )
  })
})

describe('classes', () => {
  it('are counted by their names', () => {
    expect(classesOf({ ...labelField(['cat', 'dog']), field: 'kind' })).toBe(2)
    expect(() => classesOf({ modality: 'label', dtype: 'int32', shape: [], field: 'kind' })).toThrow(
      refused('NAMES_MISSING', "'kind'"),
    )
  })
})
