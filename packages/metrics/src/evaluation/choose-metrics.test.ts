import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import {
  checkMetrics,
  checkNeighboursOf,
  defaultMetrics,
  extractorNeeded,
  statisticsSuffice,
} from './choose-metrics.ts'
import { metrics } from './metrics/registry.ts'
import { findView, views } from './views/registry.ts'

const everything = {
  ...{ features: true, realSamples: true, logits: true, labels: true, mixture: true },
  ...{ pairs: true, cycle: true, paths: true },
}
const offered = (modality: string, sources = everything) => findView(modality).offers(sources)

describe('metrics', () => {
  test('have names of their own, and say what they are', () => {
    expect(metrics.map(({ name }) => name)).toEqual([
      'fid',
      'fid-infinity',
      'is',
      'kid',
      'prdc',
      'ms-ssim',
      'swd',
      'nearest',
      'modes',
      'label-accuracy',
      'psnr',
      'ssim',
      'l1',
      'lpips',
      'paired-ms-ssim',
      'cycle',
      'ppl',
    ])
    expect(metrics.filter(({ description }) => description.length < 10)).toEqual([])
  })

  test('have a row each in the table of docs/metrics.md', async () => {
    const page = await readFile(new URL('../../../../docs/metrics.md', import.meta.url), 'utf8')
    expect(metrics.filter(({ name }) => !page.includes(`| \`${name}\``)).map(({ name }) => name)).toEqual([])
  })

  test('need only what a view offers', () => {
    const all = new Set(views.flatMap((view) => view.offers(everything)))
    expect(metrics.flatMap(({ needs }) => needs).filter((need) => !all.has(need))).toEqual([])
  })

  test('of some do with the statistics of the real samples', () => {
    expect(statisticsSuffice(['fid', 'is', 'ms-ssim', 'modes'])).toBe(true)
    const others = metrics.map(({ name }) => name).filter((name) => !statisticsSuffice([name]))
    expect(others).toEqual(['fid-infinity', 'kid', 'prdc', 'swd', 'nearest'])
  })

  test('are chosen by what is looked at, of those that can be computed', () => {
    const image = (sources: Partial<typeof everything>) =>
      defaultMetrics(findView('image'), offered('image', { ...everything, ...sources }))
    const apart = { pairs: false, cycle: false, paths: false }
    expect(image(apart)).toEqual(['fid', 'is', 'kid', 'prdc', 'label-accuracy'])
    const pairs = ['psnr', 'ssim', 'l1', 'lpips']
    expect(image({})).toEqual([...pairs, 'cycle', 'fid', 'is', 'kid', 'prdc', 'label-accuracy'])
    expect(image({ features: false, logits: false, labels: false, cycle: false })).toEqual(pairs)
    expect(image({ ...apart, labels: false })).toEqual(['fid', 'is', 'kid', 'prdc'])
    expect(image({ ...apart, realSamples: false, labels: false })).toEqual(['fid', 'is'])
    expect(image({ ...apart, logits: false })).toEqual(['fid', 'kid', 'prdc'])
    const points = (sources: Partial<typeof everything>) =>
      defaultMetrics(findView('points'), offered('points', { ...everything, ...sources }))
    expect(points({})).toEqual(['fid', 'swd', 'modes'])
    expect(points({ realSamples: false, mixture: false })).toEqual(['fid'])
  })

  test.each([
    ['kdi', 'image', everything, 'METRIC_UNKNOWN', "There is no metric 'kdi'. Did you mean 'kid'?"],
    ['is', 'points', everything, 'METRIC_UNAVAILABLE', "'is' needs class logits"],
    ['ms-ssim', 'points', everything, 'METRIC_UNAVAILABLE', "'ms-ssim' needs images, but these samples are none."],
    ['kid', 'image', { ...everything, realSamples: false }, 'METRIC_UNAVAILABLE', 'needs the real samples'],
    ['modes', 'points', { ...everything, mixture: false }, 'METRIC_UNAVAILABLE', 'points of a known mixture'],
    ['psnr', 'image', { ...everything, pairs: false }, 'METRIC_UNAVAILABLE', 'a real sample for each generated one'],
    ['cycle', 'image', { ...everything, cycle: false }, 'METRIC_UNAVAILABLE', 'needs a way back'],
    ['ppl', 'image', { ...everything, paths: false }, 'METRIC_UNAVAILABLE', 'draws images from latent vectors'],
    ['fid', 'image', { ...everything, features: false }, 'METRIC_UNAVAILABLE', 'no extractor looks'],
    ['modes', 'image', { ...everything, logits: false }, 'METRIC_UNAVAILABLE', 'needs a classifier'],
  ])('are refused before anything is computed: %s of %s', (name, modality, sources, code, message) => {
    expect(() => checkMetrics([name === 'fid' ? 'psnr' : 'fid', name], offered(modality, sources))).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    )
  })

  test('say whether an extractor must look at the samples', () => {
    const needed = (modality: string, ...names: string[]) => extractorNeeded(findView(modality), names)
    const alone = metrics.map(({ name }) => name).filter((name) => !needed('image', name))
    expect(alone).toEqual(['ms-ssim', 'psnr', 'ssim', 'l1', 'lpips', 'paired-ms-ssim', 'cycle', 'ppl'])
    expect(needed('image', 'psnr', 'kid')).toBe(true)
    expect(needed('points', 'fid')).toBe(false)
  })

  test('are told a number of neighbours only where one counts them, and samples have them', () => {
    const refusal = (names: readonly string[], neighbours: number | undefined) => () =>
      checkNeighboursOf(names, neighbours, { real: 40, generated: 30 })
    for (const fine of [undefined, 1, 29]) expect(refusal(['fid', 'prdc'], fine)).not.toThrow()
    expect(refusal(['fid'], undefined)).not.toThrow()
    for (const few of [0, 30, 1.5]) {
      expect(refusal(['prdc'], few)).toThrow(expect.objectContaining({ code: 'NEIGHBOURS_INVALID' }))
    }
    expect(refusal(['fid', 'kid'], 3)).toThrow(
      expect.objectContaining({
        code: 'NEIGHBOURS_UNUSED',
        message: expect.stringContaining("none of fid, kid counts neighbours. Leave it out, or ask for 'prdc' too."),
      }),
    )
  })

  test('are known by name before there is anything', () => {
    expect(() => checkMetrics(['fid', 'is', 'modes'])).not.toThrow()
    expect(() => checkMetrics(['fdi'])).toThrow("Did you mean 'fid'?")
  })
})

test('a modality that nobody can score is refused by name', () => {
  expect(() => findView('tokens')).toThrow(
    expect.objectContaining({
      name: 'UnsupportedError',
      code: 'MODALITY_UNSCORED',
      message: "Samples of the modality 'tokens' cannot be scored. Use one of: image, points.",
    }),
  )
  expect(findView('tokens', [...views, { ...findView('points'), modality: 'tokens' }]).modality).toBe('tokens')
})
