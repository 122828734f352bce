import { createOnnxRuntimeInference } from '@gantry/backend-onnxruntime'
import { float32, ndarray, rowsOf } from '@gantry/core'
import { describe, expect, test } from 'vitest'
import type { ImageBatch } from '../features.ts'
import { createRandomDistance } from '../lpips/perceptual-distance.ts'
import { peakSignalToNoise } from '../perceptual/pixel-distances.ts'
import { structuralSimilarity } from '../perceptual/ssim.ts'
import { proceduralImages } from '../testing/procedural.ts'
import { evaluate } from './evaluate.ts'
import type { EvaluatedSamples, EvaluationRequest } from './evaluated-samples.ts'
import { imagesAlone } from './views/image.ts'

const truth = proceduralImages({ seed: 3, N: 12, H: 16, W: 16, C: 3, smooth: true })
const noisy = (levels: number): ImageBatch =>
  ndarray(
    'uint8',
    truth.shape,
    Uint8Array.from(truth.data, (value, index) => Math.min(255, value + (index % levels))),
  )
const side = (images: ImageBatch): EvaluatedSamples => ({ count: images.shape[0]!, images })
const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length

const request: EvaluationRequest = {
  real: side(truth),
  generated: side(noisy(40)),
  paired: true,
  metrics: ['psnr', 'ssim', 'l1', 'paired-ms-ssim'],
  extractor: imagesAlone,
  realName: 'truth',
  seed: 1,
  resamples: 50,
}

describe('scores of pairs', () => {
  test('are means over images, with intervals, and by no extractor', async () => {
    const { scores, warnings } = await evaluate(request)
    expect(warnings).toEqual([])
    const value = Object.fromEntries(scores.map((score) => [score.name, score.value]))
    expect(value.psnr).toBeCloseTo(mean(peakSignalToNoise(noisy(40), truth)), 12)
    expect(value.ssim).toBeCloseTo(mean(structuralSimilarity(noisy(40), truth)), 12)
    for (const { interval, value: own, protocol, baselines } of scores) {
      expect(interval![0] <= own && own <= interval![1] && interval![0] < interval![1]).toBe(true)
      expect(protocol).toMatchObject({ extractor: 'none', realCount: 12, generatedCount: 12 })
      expect(baselines).toBeUndefined()
    }
    // Whoever looked at the rest of an evaluation is no matter of theirs.
    const other = { name: 'other', frechetName: 'other', protocol: { ...imagesAlone.protocol, extractor: 'other' } }
    expect((await evaluate({ ...request, extractor: other })).scores).toEqual(scores)
  })

  test('stand beside those of baselines, which are worse where they are', async () => {
    const baselines = { noisier: side(noisy(120)), equal: side(truth) }
    const { scores } = await evaluate({ ...request, baselines, metrics: ['psnr', 'l1', 'ms-ssim'] })
    const [psnr, l1, among] = scores
    expect(psnr!.baselines!.noisier).toBeCloseTo(mean(peakSignalToNoise(noisy(120), truth)), 12)
    expect(l1!.baselines).toMatchObject({ equal: 0 })
    expect(l1!.baselines!.noisier).toBeGreaterThan(l1!.value)
    // How alike generated images are is nothing that a baseline is to be asked.
    expect(among!.baselines).toBeUndefined()
  })

  test('count an image without any error as if one number were off by one', async () => {
    const one = ndarray(
      'uint8',
      truth.shape,
      Uint8Array.of(...rowsOf(truth, 0, 1).data, ...rowsOf(noisy(40), 1, 11).data),
    )
    const { scores, warnings } = await evaluate({ ...request, generated: side(one), metrics: ['psnr'] })
    expect(warnings).toEqual([expect.stringMatching(/^1 image is equal to what it should be, and counts 77\.0 dB/)])
    const rest = Array.from(peakSignalToNoise(one, truth).slice(1))
    const most = 10 * Math.log10(255 ** 2 * 16 * 16 * 3)
    expect(scores[0]!.value).toBeCloseTo((rest.reduce((sum, value) => sum + value, 0) + most) / 12, 10)
  })

  test('need pairs, and a way back', async () => {
    const refused = { code: 'METRIC_UNAVAILABLE' }
    await expect(evaluate({ ...request, paired: false })).rejects.toMatchObject(refused)
    await expect(evaluate({ ...request, metrics: ['lpips'] })).rejects.toMatchObject(refused)
    await expect(evaluate({ ...request, metrics: ['cycle'] })).rejects.toMatchObject(refused)
    const errors = float32([2, 2], [0.1, 0.3, 0.2, 0.5])
    const generated = { count: 2, more: { cycle: errors } }
    const { scores } = await evaluate({ ...request, generated, metrics: ['cycle'] })
    expect(scores.map(({ name }) => name)).toEqual(['cycle-error', 'cycle-error-back'])
    expect(scores[0]!.value).toBeCloseTo(0.15, 6)
    expect(scores[1]!.value).toBeCloseTo(0.4, 6)
  })
})

test('a distance of random convolutions is 0 of equal images, grows with what was done to them, and is no LPIPS', async () => {
  const perceptual = await createRandomDistance(createOnnxRuntimeInference({ device: 'cpu' }))
  try {
    const distance = async (images: ImageBatch) =>
      mean(Float64Array.from((await perceptual.compare(images, truth)).distances))
    const [none, little, much] = [await distance(truth), await distance(noisy(20)), await distance(noisy(200))]
    expect(none).toBe(0)
    expect(little).toBeGreaterThan(0)
    expect(much).toBeGreaterThan(2 * little)
    expect(much).toBeLessThan(4)
    const { scores } = await evaluate({ ...request, metrics: ['lpips'], perceptual })
    expect(scores).toMatchObject([
      { name: 'random-conv-distance', value: expect.closeTo(await distance(noisy(40)), 5), better: 'lower' },
    ])
    expect(scores[0]!.protocol).toMatchObject({ extractor: 'random-conv-distance', weights: 'seed 2020' })
  } finally {
    await perceptual.dispose()
  }
})
