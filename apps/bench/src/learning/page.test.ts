import { describe, expect, it } from 'vitest'
import { formatPage } from './page.ts'
import { resultOf, runNamed } from './testing/some-runs.ts'

const curve = [1, 2, 3].map((step) => ({ step, seconds: 60 * step, value: 4 / step }))
const scores = (value: number) => ({ 'mnist-frechet': value, precision: 0.8, recall: 0.9 })
const mnist = { data: 'mnist', variant: 'dcgan' }
const table = {
  ...{ name: 'good', title: 'Every variant', about: 'What there is.' },
  runs: [
    ...['dcgan-mnist-1', 'dcgan-mnist-2', 'wgan-mnist-1'].map((id) => runNamed(id, mnist)),
    runNamed('slow-mnist-1', { ...mnist, steps: 100 }),
    runNamed('points-1'),
  ],
}
const [first, second, , slow, points] = table.runs as [never, never, never, never, never]
const results = new Map([
  ['dcgan-mnist-1', resultOf(first, { scores: scores(1), curve })],
  ['dcgan-mnist-2', resultOf(second, { scores: scores(3), load: 5 })],
  ['slow-mnist-1', resultOf(slow, { scores: scores(4), steps: 40 })],
  ['points-1', resultOf(points)],
])

describe('the page of the learning bench', () => {
  const page = formatPage([table], results)
  const row = (name: string) => page.split('\n').find((line) => line.startsWith(`| \`${name}\``))

  it('has the mean of all seeds, and each', () => {
    expect(row('dcgan-mnist')).toMatch(/⚠ +\| 1\.5 +\| 10 +\| 2\.000 +\| 0\.80 .*\| 2: 1\.000, 3\.000 +\|$/)
  })

  it('says what is missing, and what ran out of time', () => {
    expect(row('wgan-mnist')).toMatch(/\| – +\| – .*\| 0 of 1 +\|$/)
    expect(row('slow-mnist')).toMatch(/⏱ +\| 1\.5 +\| 40 /)
  })

  it('tells each data set’s protocol, the machine, and shows curves', () => {
    expect(page).toContain('### mnist\n\n10,000 samples against mnist-test.')
    expect(page).toContain('### ring8\n\n2,500 points, within 3σ of a centre.')
    expect(page).toContain('a machine, 2 cores, 1 thread a run, from 2026-11-28')
    expect(page).toContain('![mnist-frechet over minutes of training on mnist](images/learning/good-mnist.svg)')
  })
})
