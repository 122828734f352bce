import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beginRun, resolveConfig, trainRun } from '@gantry/runs'
import { findVariant } from '@gantry/variants'
import { beforeAll, describe, expect, it } from 'vitest'
import { writeImages } from '../../../runs/src/testing/images.ts'
import { runReport } from './run-report.ts'

let folder: string
let path: string

/** A run of small pictures, with scores on the way. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-report-'))
  path = join(folder, 'run')
  await writeImages(join(folder, 'pictures'), 12)
  const config = resolveConfig(findVariant('vanilla'), {
    run: {
      ...{ data: `folder:${join(folder, 'pictures')}`, dataOptions: { size: 8 }, steps: 6, batchSize: 4, logEvery: 1 },
      ...{ sampleEvery: 2, scoreEvery: 3, scoreCount: 8, scoreExtractor: 'pixels', scoreMetrics: ['fid'] },
    },
    options: { hiddenUnits: 8 },
  })
  const begun = await beginRun(path, config)
  await trainRun(begun.folder, begun.run)
  await begun.run.dispose()
})

/** The run with something changed. */
async function changed(change: (copy: string) => Promise<unknown>): Promise<string> {
  const copy = await mkdtemp(join(folder, 'changed-'))
  await cp(path, copy, { recursive: true })
  await change(copy)
  return copy
}

const verdict = { type: 'verdict', evidence: {}, remedies: [] }
const sick = [
  {
    ...verdict,
    ...{ step: 4, verdict: 'mode-collapse', holds: true, since: 2, message: 'All alike.' },
    evidence: { diversity: 0.12345 },
    remedies: [{ set: { packing: 2 }, why: 'it compares' }],
  },
  { ...verdict, step: 3, verdict: 'oscillation', holds: true, since: 1, message: 'They <leap>.' },
  { ...verdict, step: 5, verdict: 'oscillation', holds: false, since: 1, message: 'They <leap>.' },
  { type: 'rollback', step: 2, message: 'NaN.', options: { learningRate: 0.1 } },
]

describe('the report of a run', () => {
  it('has its curves, its grids, what the generator draws, and its settings', async () => {
    const { html, charts, history } = await runReport(path)
    expect(charts.map(({ name }) => name)).toEqual([
      ...['losses', 'discriminator', 'score-pixels-frechet'],
      ...['health-discriminator', 'health-samples', 'health-gradients', 'health-weights'],
    ])
    for (const text of ['discriminatorLoss', 'realProbability'])
      expect(charts.map(({ svg }) => svg).join()).toContain(text)
    for (const title of [
      'Verdicts',
      'Losses',
      'Samples over time',
      'Interpolations',
      'Nearest neighbours',
      'Configuration',
    ]) {
      expect(html).toContain(`<h2>${title}</h2>`)
    }
    expect(html).toMatch(/finished at step 6 of 6 · .* · onnxruntime [\d.]+ on cpu · seed 0/)
    expect(history.samples.length).toBe(3)
    expect(JSON.parse(/id="frames">([^<]*)</.exec(html)![1]!).map(({ step }: { step: number }) => step)).toEqual([
      2, 4, 6,
    ])
  })

  it('has verdicts with what to try, those that are over, and where the run went back', async () => {
    const told = await changed((copy) =>
      appendFile(join(copy, 'events.jsonl'), sick.map((event) => `${JSON.stringify(event)}\n`).join('')),
    )
    const { html } = await runReport(told)
    expect(html).toContain('mode collapse <span class="faint">since step 2</span>')
    expect(html).toContain('<code>--set packing=2</code>')
    expect(html).toContain('diversity 0.123')
    expect(html).toContain('over: oscillation, from step 1 to 5: They &lt;leap&gt;.')
    expect(html).toContain('From here on: learningRate 0.1.')
    const blind = await changed(async (copy) => {
      const log = join(copy, 'events.jsonl')
      const lines = (await readFile(log, 'utf8')).split('\n')
      await writeFile(log, lines.filter((line) => !line.includes('"type":"health"')).join('\n'))
    })
    expect((await runReport(blind)).html).toContain('None: nobody has looked at the health of this run.')
  })

  it('asks for nothing from anywhere', async () => {
    const { html } = await runReport(path)
    expect([...html.matchAll(/(?:src|href)="(?!data:)([^"]*)"/g)].map(([, address]) => address)).toEqual([])
    expect(html.replaceAll('http://www.w3.org/', '')).not.toMatch(/https?:\/\//)
  })

  it('says that a run still goes on, and that one has told nothing yet', async () => {
    const killed = await changed(async (copy) => {
      const log = join(copy, 'events.jsonl')
      const lines = (await readFile(log, 'utf8')).split('\n')
      await writeFile(log, `${lines.filter((line) => !/"type":"(end|export)"/.test(line)).join('\n')}{"type":"st`)
    })
    expect((await runReport(killed)).html).toContain('This run still goes on, or was ended by force')
    const silent = await changed((copy) => rm(join(copy, 'events.jsonl')))
    const { html, charts } = await runReport(silent)
    expect([html.includes('This run has told nothing yet.'), charts]).toEqual([true, []])
  })

  it('leaves out what needs things that are gone, and says what went wrong', async () => {
    const poor = await changed(async (copy) => {
      await rm(join(copy, 'samples'), { recursive: true })
      await writeFile(join(copy, 'generator.onnx'), 'no model')
    })
    const { html } = await runReport(poor)
    expect(html).toContain('What the generator draws cannot be shown')
    expect(html).not.toContain('<h2>Samples over time</h2>')
    expect(html).toContain('<h2>Losses</h2>')
  })

  it('shows warnings and settings as text, whatever is in them', async () => {
    const sly = await changed((copy) =>
      appendFile(
        join(copy, 'events.jsonl'),
        `${JSON.stringify({ type: 'warning', step: 6, message: '<script>x</script>' })}\n`,
      ),
    )
    const { html } = await runReport(sly)
    expect(html).toContain('Step 6: &lt;script&gt;x&lt;/script&gt;')
    expect(html).not.toContain('<script>x')
  })

  it('is refused where there is no run', async () => {
    await expect(runReport(join(folder, 'nothing'))).rejects.toMatchObject({ code: 'RUN_MISSING' })
  })
})
