import { expect, it } from 'vitest'
import { sectionOf } from './sizes.ts'

it('has a row for every size, also for one that failed, with the times of the phases that there are', () => {
  const measured = {
    ...{ variant: 'stylegan2', size: 1024, weights: 30_000_000, nodes: 14_000, compileMs: 12_000, loadMs: 900 },
    ...{
      phaseMs: { discriminator: 50_000, generator: 2500, penalty: 40_000, 'path-length': 30_000 },
      peakMemoryMb: 9000,
    },
  }
  const failed = { variant: 'stylegan', size: 512, failed: 'no answer within 300 s' }
  const grown = { ...measured, variant: 'progan', phaseMs: { discriminator: 20, generator: 10, fade: 1 } }
  const { columns, rows } = sectionOf({ heading: 'a', rows: [measured, failed, grown] })
  expect(rows[0]).toEqual(['stylegan2', '1,024', '30.00', '14,000', '12', '0.90', '50', '2.50', '40', '30', '9,000'])
  expect(rows[1]!.slice(0, 4)).toEqual(['stylegan', '512', 'no answer within 300 s', '–'])
  expect(rows[2]!.slice(6)).toEqual(['0.02', '0.01', '–', '–', '9,000'])
  for (const row of rows) expect(row).toHaveLength(columns.length)
})
