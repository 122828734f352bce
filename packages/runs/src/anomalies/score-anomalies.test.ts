import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDataset } from '@gantry/datasets'
import { decodePng } from '@gantry/modalities'
import type { RunConfigInput } from '@gantry/training'
import { findVariant } from '@gantry/variants'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { beginRun } from '../begin-run.ts'
import { loadGenerator } from '../generators.ts'
import { resolveConfig } from '../resolve-config.ts'
import { RunFolder } from '../run-folder.ts'
import { mergeSettings } from '../settings/settings.ts'
import { settingsFromRun } from '../settings/settings-from-run.ts'
import { writeImages } from '../testing/images.ts'
import { trainRun } from '../train-run.ts'
import { openForRun } from './open-for-run.ts'
import { scoreAnomalies } from './score-anomalies.ts'
import { writeAnomalies } from './write-anomalies.ts'

type Run = Partial<Omit<RunConfigInput, 'options'>>

let folder: string
const at = (name: string) => join(folder, name)

async function trained(name: string, variant: string, run: Run, options: Readonly<Record<string, unknown>> = {}) {
  const definition = findVariant(variant)
  const other = run.initFrom === undefined ? [] : [await settingsFromRun(run.initFrom, definition)]
  const usual = { batchSize: 64, sampleCount: 4, sampleEvery: 10_000, healthEvery: 10_000 }
  const settings = mergeSettings([...other, { run: { ...usual, ...run }, options }])
  const begun = await beginRun(at(name), resolveConfig(definition, settings), { threads: 1 })
  try {
    return await trainRun(begun.folder, begun.run)
  } finally {
    await begun.run.dispose()
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-anomalies-'))
  const ring = { data: 'without:0,ring8', steps: 800 }
  await trained('ring', 'vanilla', ring, { hiddenUnits: 64, latentSize: 2, r1: 0.1, beta1: 0, learningRate: 2e-3 })
  await trained('ring-encoder', 'f-anogan', { initFrom: at('ring'), steps: 400 }, { learningRate: 2e-3 })
  const digits = { data: 'few:30,mnist', steps: 20, batchSize: 8 }
  const tiny = { generatorWidth: 4, discriminatorWidth: 4, latentSize: 8 }
  await trained('digits', 'dcgan', digits, tiny)
  await trained('digits-encoder', 'f-anogan', { initFrom: at('digits'), steps: 10, batchSize: 8 })
}, 120_000)

afterAll(() => rm(folder, { recursive: true, force: true }))

describe('an encoder for the generator of another run', () => {
  it('takes over its networks, options and data, and leaves the networks as they are', async () => {
    const [game, encoder] = await Promise.all([RunFolder.open(at('digits')), RunFolder.open(at('digits-encoder'))])
    expect(encoder.config.data).toBe('few:30,mnist')
    expect(encoder.config.options).toMatchObject({ generatorWidth: 4, discriminatorWidth: 4, latentSize: 8 })
    const [before, after] = [(await game.checkpoints.newest())!.state, (await encoder.checkpoints.newest())!.state]
    for (const [name, weight] of Object.entries(after)) {
      if (name.startsWith('generator/'))
        expect(weight.data).toEqual(before[name.replace('generator/', 'generatorEma/')]!.data)
      if (name.startsWith('discriminator/')) expect(weight.data).toEqual(before[name]!.data)
    }
    expect(Object.keys(after).filter((name) => /^(generator|discriminator)\//.test(name)).length).toBeGreaterThan(10)
  })

  it('exports what it makes again, where that differs, and equation 4', async () => {
    const generator = await loadGenerator(at('ring-encoder'))
    const { points } = await openDataset('ring8').then(async (ring) => {
      for await (const batch of ring.batches({ batchSize: 16, seed: 3 })) return batch
      throw new Error('no batch')
    })
    const made = await generator.evaluate({ samples: points! }, () => {
      throw new Error('no noise')
    })
    await generator.dispose()
    for (let row = 0; row < 16; row++) {
      const differences = [0, 1].map((axis) => {
        const index = 2 * row + axis
        const difference = Number(points!.data[index]) - Number(made.reconstruction!.data[index])
        expect(made.difference!.data[index]).toBeCloseTo(Math.abs(difference), 5)
        return difference
      })
      const residual = differences.reduce((sum, value) => sum + value ** 2, 0) / 2
      // The rest is the difference of features, of weight 1.
      expect(Number(made.score!.data[row])).toBeGreaterThanOrEqual(residual - 1e-6)
    }
  })

  it('needs another run, and one that fits', async () => {
    await expect(trained('alone', 'f-anogan', { data: 'ring8', steps: 1 })).rejects.toMatchObject({
      code: 'INIT_MISSING',
    })
    const other = trained('wide', 'f-anogan', { initFrom: at('digits'), steps: 1 }, { generatorWidth: 8 })
    await expect(other).rejects.toMatchObject({ code: 'INIT_MISMATCH' })
    await trained('conditional', 'cgan', { data: 'ring8', steps: 2 }, { hiddenUnits: 8 })
    await expect(trained('labels', 'f-anogan', { initFrom: at('conditional'), steps: 1 })).rejects.toMatchObject({
      code: 'INIT_MISMATCH',
      message: expect.stringContaining('labels'),
    })
  })
})

describe('scores of what is odd', () => {
  it('find the mode that was left out, by an encoder and by features', async () => {
    const ring = await openDataset('ring8')
    const options = { count: 800, odd: '0' }
    const byEncoder = await scoreAnomalies(at('ring-encoder'), ring, options)
    expect(byEncoder.method).toBe('f-anogan')
    expect(byEncoder.areaUnderCurve).toBeGreaterThan(0.9)
    expect(byEncoder.scores).toHaveLength(800)
    expect(byEncoder.scores.map(({ score }) => score)).toEqual(
      byEncoder.scores.map(({ score }) => score).toSorted((left, right) => right - left),
    )
    const byFeatures = await scoreAnomalies(at('ring'), ring, options)
    expect(byFeatures.method).toBe('discriminator-features')
    expect(byFeatures.areaUnderCurve).toBeGreaterThan(0.9)
    // A tenth of what is odd is among the oddest.
    expect(byFeatures.oddest.filter(({ label }) => label === '0').length).toBeGreaterThan(8)
  })

  it('by features are distances to as many-th neighbours as are asked for', async () => {
    const ring = await openDataset('ring8')
    const [first, third] = await Promise.all(
      [1, 3].map((neighbours) => scoreAnomalies(at('ring'), ring, { count: 60, neighbours })),
    )
    const ofThird = new Map(third!.scores.map(({ name, score }) => [name, score]))
    for (const { name, score } of first!.scores) expect(ofThird.get(name)).toBeGreaterThanOrEqual(score)
    expect(third!.scores).not.toEqual(first!.scores)
    const refused = (run: string, neighbours: number) => scoreAnomalies(at(run), ring, { count: 4, neighbours })
    await expect(refused('ring-encoder', 3)).rejects.toMatchObject({ code: 'NEIGHBOURS_UNUSED' })
    await expect(refused('ring', 2001)).rejects.toMatchObject({ code: 'NEIGHBOUR_COUNT' })
  })

  it('are written as a table and as a picture of images, what was made of them, and heat', async () => {
    const digits = await openForRun(at('digits'), 'mnist-test')
    const found = await scoreAnomalies(at('digits-encoder'), digits, { count: 70, kept: 4 })
    const { table, picture } = await writeAnomalies(at('odd'), found, digits)
    const lines = (await readFile(table, 'utf8')).trimEnd().split('\n')
    expect(lines[0]).toBe('name,label,score')
    expect(lines).toHaveLength(71)
    expect(lines[1]).toBe(`${found.scores[0]!.name},${found.scores[0]!.label},${found.scores[0]!.score}`)
    const { channels, width } = decodePng(await readFile(picture!))
    expect(channels).toBe(3)
    expect(width).toBeGreaterThan(2 * 3 * 28)
  })

  it('of points are written as a plot of the oddest among the data', async () => {
    const ring = await openDataset('ring8')
    const found = await scoreAnomalies(at('ring-encoder'), ring, { count: 200, kept: 5 })
    const { picture } = await writeAnomalies(at('odd-points'), found, ring)
    const { data, channels } = decodePng(await readFile(picture!))
    const colours = new Set<string>()
    for (let place = 0; place < data.length; place += channels) colours.add(data.slice(place, place + 3).join())
    // Of the points of the data, and of the odd ones.
    expect(colours.size).toBeGreaterThan(2)
  })

  it('of a folder are by the names of its files', async () => {
    await writeImages(at('pictures'), 3)
    const pictures = await openForRun(at('digits'), at('pictures'))
    expect(pictures.fields.image!.shape).toEqual([28, 28, 1])
    const { scores } = await scoreAnomalies(at('digits-encoder'), pictures)
    expect(scores.map(({ name }) => name).toSorted()).toEqual(['00.png', '01.png', '02.png'])
  })

  it('refuse what cannot be scored, with both sides', async () => {
    const [ring, spiral] = [await openDataset('ring8'), await openDataset('swissroll')]
    await expect(scoreAnomalies(at('digits'), ring)).rejects.toMatchObject({
      code: 'SAMPLES_MISFIT',
      message: expect.stringMatching(/28×28×1.*2/),
    })
    await expect(scoreAnomalies(at('ring'), spiral, { odd: '0' })).rejects.toMatchObject({ code: 'LABELS_MISSING' })
    await expect(scoreAnomalies(at('ring'), ring, { odd: 'nine' })).rejects.toMatchObject({ code: 'CLASS_UNKNOWN' })
    await trained('vae', 'vae', { data: 'ring8', steps: 2 }, { hiddenUnits: 8 })
    const scored: number[] = []
    const none = { odd: '3', progress: (done: number) => scored.push(done) }
    await expect(scoreAnomalies(at('ring'), await openDataset('without:3,ring8'), none)).rejects.toMatchObject({
      code: 'CLASS_EMPTY',
    })
    expect(scored).toEqual([])
    await expect(scoreAnomalies(at('vae'), ring)).rejects.toMatchObject({ code: 'NO_ANOMALY_SCORE' })
    await expect(scoreAnomalies(at('nowhere'), ring)).rejects.toMatchObject({ code: 'RUN_MISSING' })
  })
})
