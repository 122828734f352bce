import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { datasetOptions, listDatasets, openDataset } from './index.ts'

describe('openDataset', () => {
  it.each([
    ['mnst', 'DATASET_UNKNOWN', "There is no data set 'mnst'. Did you mean 'mnist'?"],
    ['MNIST', 'DATASET_UNKNOWN', "Did you mean 'mnist'?"],
    ['ring8:3', 'DATASET_UNKNOWN', "Did you mean 'ring8'?"],
    ['fodler:/faces', 'DATASET_UNKNOWN', "Did you mean 'folder'?"],
    ['./faces', 'DATASET_UNKNOWN', "Did you mean 'folder:./faces'?"],
    ['C:\\faces', 'DATASET_UNKNOWN', "Did you mean 'folder:C:\\faces'?"],
    [
      'imagenet-1k',
      'DATASET_UNKNOWN',
      'Use one of: mnist, mnist-test, fashion-mnist, fashion-mnist-test, stacked-mnist, cifar10,',
    ],
    ['', 'DATASET_UNKNOWN', "There is no data set ''."],
    ['folder', 'DATASET_PARAMETER_MISSING', 'Write folder:PATH.'],
    ['folder:', 'DATASET_PARAMETER_MISSING', "needs its PATH, but the name is only 'folder:'"],
  ])('refuses the name %j', async (name, code, message) => {
    await expect(openDataset(name)).rejects.toMatchObject({
      code,
      exitCode: 2,
      message: expect.stringContaining(message),
    })
  })

  it.each([
    ['ring8', { size: 32 }, 'DATASET_OPTION_UNSUPPORTED', /^The data set ring8 has no option 'size'\. Leave it out\.$/],
    ['swissroll', { channels: 3 }, 'DATASET_OPTION_UNSUPPORTED', /no option 'channels'/],
    ['ring8', { background: 'white' }, 'DATASET_OPTION_UNSUPPORTED', /no option 'background'/],
    [
      'mnist',
      { background: 'red' },
      'DATASET_OPTION_UNSUPPORTED',
      /^The data set mnist has no option 'background', only size, channels\. Leave it out/,
    ],
    [
      'mnist',
      { sise: 32 },
      'DATASET_OPTION_UNSUPPORTED',
      /no option 'sise', only size, channels\. Did you mean 'size'/,
    ],
    ['parquet:/tmp', { imageColumn: '' }, 'COLUMN_NAME_INVALID', /'imageColumn' is the name of a column, not ""/],
    ['cifar10', { labelColumn: 'x' }, 'DATASET_OPTION_UNSUPPORTED', /no option 'labelColumn'/],
    ['folder:/tmp', { background: '' }, 'BACKGROUND_INVALID', /'' is no colour/],
    ['mnist', { channels: 3 }, 'CHANNELS_INVALID', /mnist gives images of 1 channel\(s\), but 3 were asked for/],
    ['folder:/tmp', { channels: 2 as 1 }, 'CHANNELS_INVALID', /1 or 3 channel\(s\), but 2/],
    ['mnist', { size: 0 }, 'SIZE_INVALID', /from 1 to 4096 pixels, not 0/],
    ['folder:/tmp', { size: 64.5 }, 'SIZE_INVALID', /not 64.5/],
  ] as const)('refuses %s with %j', async (name, options, code, message) => {
    await expect(openDataset(name, options)).rejects.toMatchObject({
      code,
      exitCode: 2,
      message: expect.stringMatching(message),
    })
  })

  it('does not start when the signal is aborted already', async () => {
    await expect(openDataset('mnist', { signal: AbortSignal.abort('stopped') })).rejects.toBe('stopped')
  })

  it('lists every data set with its source and licence', () => {
    expect(listDatasets().map(({ name, gives }) => `${name}: ${gives.join(', ')}`)).toEqual([
      'mnist: image, label',
      'mnist-test: image, label',
      'fashion-mnist: image, label',
      'fashion-mnist-test: image, label',
      'stacked-mnist: image, label',
      'cifar10: image, label',
      'cifar10-test: image, label',
      'cifar100: image, label',
      'cifar100-test: image, label',
      'emoji[:google|twitter]: image, label',
      'emoji-twins: google, twitter, words',
      'openmoji: outline, colour, label',
      'openmoji-fluent: outline, object, label',
      'fluent: image, label',
      'avataaars: image, top, skinColor, hairColor, clothing, mouth, eyes, eyebrows, facialHair, accessories',
      'photographs[:stdlib|mate|scikit-image]: image',
      'folder:PATH: image, label',
      'parquet:PATH: image, label',
      'webdataset:PATH: image, label',
      'ring8: points, label',
      'grid25: points, label',
      'swissroll: points',
      'unpaired:A,B: a, b',
      'paired:A,B: a, b',
      'pair-image:PATH: a, b',
      'edges:DATASET: edges, those of the data set',
      'without:CLASS,DATASET: those of the data set',
      'only:CLASS,DATASET: those of the data set',
      'few:COUNT,DATASET: those of the data set',
      'training:DATASET: those of the data set',
      'held-out:DATASET: those of the data set',
    ])
    for (const { description, source, licence } of listDatasets()) {
      for (const text of [description, source, licence]) expect(text).not.toBe('')
    }
  })

  it('has a row for each in the README', async () => {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
    const missing = listDatasets().filter(({ name }) => !readme.includes(`\`${name.replace(/[[:].*/, '')}`))
    expect(missing.map(({ name }) => name)).toEqual([])
  })

  it.each(['mnist', 'mnist-test', 'stacked-mnist', 'ring8', 'grid25', 'swissroll', 'unpaired:mnist,swissroll'])(
    'gives the fields that it is listed with: %s',
    async (name) => {
      const { gives } = listDatasets().find((listed) => listed.name.replace(/:.*/, '') === name.replace(/:.*/, ''))!
      const dataset = await openDataset(name)
      expect(Object.keys(dataset.fields)).toEqual(expect.arrayContaining([...gives]))
      await dataset.dispose?.()
    },
  )

  it('lists the options of each, for help texts', () => {
    const optionsOf = (wanted: string) => listDatasets().find(({ name }) => name === wanted)!.options
    expect(optionsOf('mnist')).toEqual([
      { name: 'size', description: 'side of the square images in pixels; 28 by default' },
      { name: 'channels', description: '1, as the images are' },
    ])
    expect(optionsOf('parquet:PATH').map(({ name }) => name)).toEqual([
      'size',
      'channels',
      'background',
      'loadSize',
      'flip',
      'imageColumn',
      'labelColumn',
    ])
    expect(optionsOf('ring8')).toEqual([])
  })

  it('tells the options of a name, those of its parts included', () => {
    const namesOf = (name: string) => datasetOptions(name).map((option) => option.name)
    expect(namesOf('emoji:google')).toEqual(['size', 'channels', 'background', 'loadSize', 'flip'])
    expect(namesOf('unpaired:mnist,ring8')).toEqual(['size', 'channels'])
    expect(() => datasetOptions('mnst')).toThrow("Did you mean 'mnist'?")
  })
})
