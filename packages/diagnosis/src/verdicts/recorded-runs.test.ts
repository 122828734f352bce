import { describe, expect, it } from 'vitest'
import { recordedHistory } from '../testing/recorded-history.ts'
import { Diagnosis } from './diagnosis.ts'

/** Everything that is told of a run that has been: of each verdict that begins to hold its name, with its first remedy. */
async function toldOf(name: string) {
  const { options, looks } = await recordedHistory(name)
  const diagnosis = new Diagnosis({ options })
  const told = looks.flatMap((look) => diagnosis.look(look))
  return told.filter(({ holds }) => holds).map(({ verdict, remedies }) => ({ verdict, first: remedies[0]?.set }))
}

describe('of what makes images out of images', () => {
  it.each(['pix2pix-good', 'cyclegan-good', 'srgan-good', 'esrgan-good'])(
    '%s, a healthy run, is told nothing',
    async (name) => {
      expect(await toldOf(name)).toEqual([])
    },
  )

  it('a generator whose gradient has vanished is told so, and that its discriminator is too strong', async () => {
    const told = await toldOf('pix2pix-vanishing')
    expect(told).toEqual([
      { verdict: 'discriminator-too-strong', first: { discriminatorLearningRate: 0.0002 } },
      { verdict: 'vanishing-gradient', first: { loss: 'non-saturating' } },
    ])
  })

  it.each([
    ['srgan-sure', 'by probabilities', 0.0001],
    ['cyclegan-sure', 'by scores that aim at 1 and 0', 0.000001],
  ])('%s, whose discriminator wins throughout %s, is told so', async (name, _, learningRate) => {
    expect(await toldOf(name)).toEqual([
      { verdict: 'discriminator-too-strong', first: { discriminatorLearningRate: learningRate } },
    ])
  })

  it('a critic may be as sure as least squares are not to be', async () => {
    const { options, looks } = await recordedHistory('cyclegan-sure')
    for (const own of [{ loss: 'wasserstein' }, { relativistic: true }]) {
      const diagnosis = new Diagnosis({ options: { ...options, ...own } })
      expect(looks.flatMap((look) => diagnosis.look(look))).toEqual([])
    }
  })

  it('outputs that are all alike, and at every look others, are told', async () => {
    expect(await toldOf('cyclegan-alike')).toEqual([{ verdict: 'oscillation', first: { learningRate: 0.0005 } }])
  })

  it('losses that leave all bounds are told', async () => {
    expect((await toldOf('esrgan-diverging'))[0]).toMatchObject({ verdict: 'divergence' })
  })
})

describe('of five hundred faces', () => {
  it('a discriminator that comes to know them by heart is told so by held-out ones', async () => {
    expect(await toldOf('few-faces')).toEqual([{ verdict: 'memorisation', first: { r1: 1 } }])
  })

  it('one that sees them augmented is told nothing', async () => {
    expect(await toldOf('few-faces-ada')).toEqual([])
  })
})
