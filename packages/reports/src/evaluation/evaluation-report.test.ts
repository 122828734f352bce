import { ndarray } from '@gantry/core'
import { evaluate, type ImageBatch, imagesAlone, type Score, sharedProtocol } from '@gantry/metrics'
import type { EvaluatedRun } from '@gantry/runs'
import { expect, it } from 'vitest'
import { evaluationReport } from './evaluation-report.ts'
import { scoresSection } from './tables.ts'

const flat = (level: number): ImageBatch =>
  ndarray(
    'uint8',
    [3, 16, 16, 3],
    Uint8Array.from({ length: 3 * 16 * 16 * 3 }, (_, index) => (level + index) % 256),
  )
const side = (images: ImageBatch) => ({ count: 3, images })

/** A translation of three images, scored beside two baselines. */
async function translated(paired: boolean): Promise<EvaluatedRun> {
  const [real, generated] = [side(flat(0)), { ...side(flat(9)), sources: flat(90) }]
  const baselines = { identity: side(flat(90)), nearest: side(flat(30)) }
  const request = { real, generated, extractor: imagesAlone, realName: 'pairs', seed: 0 }
  const metrics = ['l1', 'psnr']
  const evaluation = await evaluate({ ...request, paired: true, baselines, metrics, resamples: 0 })
  const named = { generated: { title: 'pix2pix' }, real: { name: 'pairs' } } as unknown as EvaluatedRun['sides']
  const protocol = sharedProtocol(request)
  return { sides: named, evaluation, real, generated, paired, baselines, protocol, cached: false }
}

it('shows of translations source, output, truth and what learned nothing, beside each other', async () => {
  const page = await evaluationReport({ target: 'run', evaluated: await translated(true), comparisons: undefined })
  const captions = [...page.matchAll(/<figcaption>([a-z]+)<\/figcaption>/g)].map(([, caption]) => caption)
  // The source is the identity's answer: it needs no column twice.
  expect(captions).toEqual(['source', 'output', 'truth', 'nearest'])
  const head = /<thead>(.*?)<\/thead>/.exec(page)![1]!
  expect(head.replaceAll(/<[^>]*>/g, ' ')).toMatch(/deviation\s+identity\s+nearest\s+better/)
  const cells = /<code class="number">l1<\/code>.*?<\/tr>/
    .exec(page)![0]
    .replaceAll(/<[^>]*>/g, ' ')
    .split(/\s+/)
  const numbers = cells.map(Number).filter((value) => value > 0)
  expect(numbers).toHaveLength(3)
  expect(numbers[0]).toBeLessThan(numbers[2]!)
  expect(page).toMatch(/3 generated, 3 real samples</)
})

it('shows no truth where sides do not belong together', async () => {
  const page = await evaluationReport({ target: 'run', evaluated: await translated(false), comparisons: undefined })
  expect(page).not.toContain('<figcaption>truth')
})

it('breaks no deviation before its exponent', () => {
  const protocol = { convention: 'torch-fidelity, 10 splits' } as Score['protocol']
  const score = { name: 'kid', value: 1, standardDeviation: 2.1e-12, better: 'lower', protocol } as Score
  expect(scoresSection([score], undefined)).toContain('<span class="number">± 2.1e-12</span>')
})
