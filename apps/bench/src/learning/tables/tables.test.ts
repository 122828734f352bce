import { variants } from '@gantry/variants'
import { describe, expect, it } from 'vitest'
import { inPackage } from '../../in-package.ts'
import type { LearningRun } from '../learning-run.ts'
import { protocolFor } from '../protocols.ts'
import { Results } from '../result.ts'
import { summarizeRows } from '../summary.ts'
import { learningTables } from './tables.ts'

const runs = learningTables.flatMap((table) => table.runs)
const results = new Results(inPackage('learning'))

/** Presets `good` are measured in ten minutes, or in half an hour beside what else has that time. */
const isGood = ({ table, row, variant, data }: LearningRun) =>
  table === 'good' || (table === 'faces' && row === `${variant}-${data}`)

describe('the runs of the learning bench', () => {
  it('have names of their own, options that their variant knows, and a protocol', () => {
    expect(new Set(runs.map(({ id }) => id)).size).toBe(runs.length)
    for (const { id, variant, options, data } of runs) {
      const { schema } = variants.find(({ name }) => name === variant)!
      expect(schema.safeParse(options).error, id).toBeUndefined()
      expect(protocolFor(data).text, id).not.toBe('')
    }
  })

  it('have every variant with its preset for each data set', () => {
    const rows = new Set(runs.filter(isGood).map(({ row }) => row))
    const alone = variants.filter(({ startsFrom, needs }) => startsFrom === undefined && 'samples' in needs)
    const wanted = alone.flatMap(({ name, presets }) =>
      presets.filter((preset) => preset.name === 'good').map(({ data }) => `${name}-${data}`),
    )
    expect([...rows].sort()).toEqual(wanted.sort())
  })

  it('have results that belong to them', () => {
    expect(results.strangers(runs)).toEqual([])
  })

  // Scores are written by hand beside the recipe: here is what they are written from.
  it('are what presets tell of their scores', () => {
    const all = new Map(runs.flatMap((run) => (results.read(run) ? [[run.id, results.read(run)!] as const] : [])))
    for (const { name, presets } of variants) {
      for (const { name: preset, data, scores = {} } of presets) {
        const row = summarizeRows(
          runs.filter(
            (run) => (preset === 'good' ? isGood(run) : run.table === preset) && run.row === `${name}-${data}`,
          ),
          all,
        )[0]
        const measured = Object.keys(scores).map((score) => [score, Number(row?.scores[score]?.toPrecision(2))])
        expect(scores, `${name} ${preset} for ${data}`).toEqual(Object.fromEntries(measured))
      }
    }
  })
})
