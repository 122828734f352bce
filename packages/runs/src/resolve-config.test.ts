import { resolve } from 'node:path'
import { findVariant } from '@gantry/variants'
import { describe, expect, it } from 'vitest'
import { checkSameRun, resolveConfig, resolveResumed, type Settings } from './resolve-config.ts'
import { mergeSettings } from './settings/settings.ts'

const dcgan = findVariant('dcgan')
/** As a command line gives them: groups that nobody named are empty. */
const settings = (run: Settings['run'], options: Settings['options'] = {}) => mergeSettings([{ run, options }])

describe('the configuration of a run that goes on', () => {
  const given = { data: 'emoji-twins', dataOptions: { size: 16 }, bind: { samples: 'twitter' } }
  const before = resolveConfig(dcgan, settings(given, { generatorWidth: 8 }))

  it('has the data options and the binding that it was begun with', () => {
    expect(resolveResumed(dcgan, before, settings({}))).toEqual(before)
    const more = resolveResumed(dcgan, before, settings({ steps: 2000, dataOptions: { size: 16 } }))
    expect(more).toEqual({ ...before, steps: 2000 })
  })

  it.each([
    [{ dataOptions: { size: 32 } }, 'with size 16 but is to go on with 32'],
    [{ bind: { samples: 'google' } }, 'with samples "twitter" but is to go on with "google"'],
    [{ batchSize: 8 }, 'with batchSize 64 but is to go on with 8'],
  ])('refuses %o', (run, message) => {
    expect(() => resolveResumed(dcgan, before, settings(run))).toThrow(message)
  })

  it('says how to call a run of another variant, which every call names', () => {
    const refusal = /variant "dcgan" but is to go on with "lsgan"\. Name that variant: 'gantry train dcgan …', or start/
    expect(() => resolveResumed(findVariant('lsgan'), before, settings({}))).toThrow(refusal)
    expect(() => checkSameRun(findVariant('lsgan'), before, before)).toThrow(refusal)
  })
})

it.each([
  ['folder:photos', `folder:${resolve('photos')}`],
  ['pair-image:facades', `pair-image:${resolve('facades')}`],
  ['paired:outlines,objects', `paired:${resolve('outlines')},${resolve('objects')}`],
  ['unpaired:folder:a,emoji:google', `unpaired:folder:${resolve('a')},emoji:google`],
])('a run finds its data again from any folder: %s', (data, absolute) => {
  expect(resolveConfig(dcgan, settings({ data })).data).toBe(absolute)
})
