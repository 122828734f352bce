import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { frechetDistanceOfFeatures } from './metrics/frechet-distance.ts'
import { inceptionScore } from './metrics/inception-score.ts'
import { kernelDistance } from './metrics/kernel-distance.ts'
import { precisionRecall } from './metrics/precision-recall.ts'
import frechet from './testing/goldens/frechet.json' with { type: 'json' }
import inception from './testing/goldens/inception-score.json' with { type: 'json' }
import kid from './testing/goldens/kid.json' with { type: 'json' }
import prdc from './testing/goldens/prdc.json' with { type: 'json' }
import { gaussianAt, proceduralFeatures } from './testing/procedural.ts'

const PAGE = fileURLToPath(new URL('../../../docs/metrics.md', import.meta.url))
const [BEGIN, END] = ['<!-- begin goldens -->\n', '<!-- end goldens -->']

type Row = readonly [metric: string, convention: string, set: string, reference: number, ours: number]

async function rows(): Promise<Row[]> {
  const all: Row[] = []
  for (const { name, set1, set2, expected } of frechet.features) {
    const { value } = await frechetDistanceOfFeatures(proceduralFeatures(set1), proceduralFeatures(set2))
    if (typeof expected.pytorch_fid === 'number') {
      all.push(['Fréchet distance', 'pytorch-fid', name, expected.pytorch_fid, value])
    }
    all.push(['Fréchet distance', 'nuclear norm, exact', name, expected.cross_check_nuclear_norm, value])
  }
  for (const { name, input, expected } of inception) {
    const { N, C, seed, scale } = input
    const data = Float64Array.from({ length: N * C }, (_, index) => scale * gaussianAt(seed, index))
    const { value } = inceptionScore({ rows: N, columns: C, data })
    all.push(['Inception Score', 'torch-fidelity', name, Number(expected.tf_shuffle2020_splits10.mean), value])
  }
  for (const { name, set1, set2, params, expected } of kid) {
    const options = { subsets: params.kid_subsets, subsetSize: params.kid_subset_size }
    const { value } = await kernelDistance(proceduralFeatures(set1), proceduralFeatures(set2), options)
    all.push(['KID', 'torch-fidelity', name, expected.torch_fidelity_f64.mean, value])
  }
  for (const { name, real, fake, expected } of prdc) {
    const sets = [proceduralFeatures(real), proceduralFeatures(fake)] as const
    const own = await precisionRecall(...sets)
    for (const metric of ['precision', 'recall', 'density', 'coverage'] as const) {
      all.push([metric, 'prdc, k = 5', name, expected.prdc_k5[metric], own[metric]!])
    }
    const other = await precisionRecall(...sets, { convention: 'torch-fidelity' })
    all.push(['f-score', 'torch-fidelity, k = 3', name, expected.torch_fidelity_k3_f64.f_score, other.fScore])
  }
  return all
}

const difference = (left: number, right: number) =>
  Object.is(left, right) ? '0' : Math.abs(left - right).toExponential(0)

// Only on demand: the last digit of a difference may be another one under another Node.
it.skipIf(process.env.GANTRY_WRITE_DOCS !== '1')('writes the table of reference values', async () => {
  const table = (await rows()).map(([metric, convention, set, reference, ours]) => {
    const cells = [metric, convention, set, String(reference), String(ours), difference(ours, reference)]
    return `| ${cells.join(' | ')} |`
  })
  const text = readFileSync(PAGE, 'utf8')
  const [before, after] = [text.indexOf(BEGIN), text.indexOf(END)]
  expect(before).toBeGreaterThan(-1)
  const head = '| metric | convention | set | reference | ours | difference |\n|---|---|---|---|---|---|\n'
  writeFileSync(PAGE, `${text.slice(0, before + BEGIN.length)}${head}${table.join('\n')}\n${text.slice(after)}`)
})
