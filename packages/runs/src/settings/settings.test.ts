import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDataset } from '@gantry/datasets'
import { bindFields, findVariant } from '@gantry/variants'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mergeSettings, settingsFromAssignments, settingsFromFile, settingsFromPreset } from './settings.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-settings-'))
})
afterAll(() => rm(root, { recursive: true }))

async function file(text: string): Promise<string> {
  const path = join(root, 'settings.yaml')
  await writeFile(path, text)
  return path
}

describe('settings', () => {
  it('reads numbers as people write them, on command lines and in files', async () => {
    const texts = { learningRate: '.5E-3', beta1: '5.', steps: '+20' }
    const pairs = Object.entries(texts).map(([key, text]) => `${key}=${text}`)
    const { run, options } = settingsFromAssignments(pairs, findVariant('dcgan'))
    expect({ ...run, ...options }).toMatchObject({ learningRate: 0.0005, beta1: 5, steps: 20 })
    expect((await settingsFromFile(await file('steps: 1E3\noptions: { learningRate: .5E-3 }'))).options).toEqual({
      learningRate: 0.0005,
    })
  })

  it('leaves texts alone that only look like numbers', () => {
    const { run } = settingsFromAssignments(['data=folder:1e3.d', 'seed=0x10'], findVariant('dcgan'))
    expect(run).toMatchObject({ data: 'folder:1e3.d', seed: '0x10' })
  })

  it.each([
    ['bgc', ['bgc']],
    ['color, translation', ['color', 'translation']],
    ['[color,translation]', ['color', 'translation']],
    ['["color"]', ['color']],
    ['', []],
  ])('reads %j where a list is wanted', (text, list) => {
    const { run, options } = settingsFromAssignments(
      [`augment=${text}`, `scoreMetrics=${text}`],
      findVariant('stylegan2'),
    )
    expect([options.augment, run.scoreMetrics]).toEqual([list, list])
  })

  it('reads numbers of a list, and leaves commas alone where a text is wanted', () => {
    const { run, options } = settingsFromAssignments(['data=few:15,mnist', 'augment=1,.5'], findVariant('dcgan'))
    expect([run.data, options.augment]).toEqual(['few:15,mnist', [1, 0.5]])
  })

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('knows no setting %s', async (key) => {
    const refused = expect.objectContaining({ code: expect.stringMatching(/OPTION_UNKNOWN|SETTING_INVALID/) })
    expect(() => settingsFromAssignments([`${key}={"steps":1}`], findVariant('dcgan'))).toThrow(refused)
    await expect(settingsFromFile(await file(`{"${key}": {"steps": 1}}`))).rejects.toThrow(refused)
    expect(({} as { steps?: number }).steps).toBeUndefined()
  })

  it.each(['options', 'dataOptions', 'bind'])("takes no '__proto__' in %s", async (group) => {
    const path = await file(`{"${group}": {"__proto__": {"size": 7}}}`)
    await expect(settingsFromFile(path)).rejects.toMatchObject({ code: 'CONFIG_UNREADABLE' })
    const merged = mergeSettings([{ run: {}, options: JSON.parse('{"__proto__": {"size": 7}}') }])
    expect(Object.keys(merged.options)).toEqual([])
    expect(({} as { size?: number }).size).toBeUndefined()
  })
})

describe('settings of the preset edges', () => {
  const pix2pix = findVariant('pix2pix')

  it('are of outlines and faces, and need no binding', async () => {
    const { run, note } = settingsFromPreset('edges', pix2pix)
    expect(run).toMatchObject({ data: 'training:edges:avataaars', validation: 'held-out:edges:avataaars' })
    expect(note).toBeUndefined()
    const { dispose, fields } = await openDataset('edges:mnist-test')
    const { source, target } = bindFields(pix2pix, fields, run.bind)
    expect([source!.field, target!.field]).toEqual(['edges', 'image'])
    await dispose?.()
  })

  it('leave what runs are validated on to those who bring other data', () => {
    const given = (data: string) => settingsFromPreset('edges', pix2pix, data).run
    expect(given('training:edges:avataaars')).toHaveProperty('validation')
    expect(given('edges:folder:shoes')).not.toHaveProperty('validation')
    expect(given('edges:folder:shoes')).toMatchObject({ steps: expect.any(Number), dataOptions: { flip: true } })
  })
})
