import { ndarray, type Ports } from '@gantry/core'
import { decodePng } from '@gantry/modalities'
import { afterAll, expect, it } from 'vitest'
import { ShortWork } from '../threads/short-work.ts'
import { numbersOf, type Presentation, present } from './present.ts'
import { Presenter } from './presenter.ts'

const presenter = new Presenter(new ShortWork())
afterAll(() => presenter.close())

const ports: Ports = { samples: { modality: 'image', dtype: 'float32', shape: ['height', 'width', 3], range: [-1, 1] } }

/** Pictures whose pixels all differ. */
function pictures(count: number, side: number) {
  const samples = ndarray('float32', [count, side, side, 3])
  for (let index = 0; index < samples.data.length; index++) samples.data[index] = Math.sin(index * 0.7)
  return { samples }
}

const about = { seed: 7, outputs: [{ name: 'samples', data: numbersOf('samples') }], nothing: null }
const PRESENTATIONS: Presentation[] = [
  { kind: 'each', ports, format: 'png' },
  { kind: 'each', ports, format: 'webp' },
  { kind: 'all', ports, format: 'jpeg', columns: 2 },
  { kind: 'film', ports, milliseconds: 40 },
  { kind: 'json', about },
]

it.each(PRESENTATIONS)('makes the same of much as of little: %o', async (presentation) => {
  for (const side of [4, 48]) {
    const outputs = pictures(3, side)
    const sent = await presenter.present(presentation, outputs)
    expect(sent.map(({ contentType }) => contentType)).not.toContain('')
    expect(sent).toEqual(await present(presentation, outputs))
    // What others of the batch get of it is still there.
    expect(outputs.samples.data).toHaveLength(3 * side * side * 3)
  }
})

it('writes numbers as they are', async () => {
  const outputs = pictures(1, 48)
  const { bytes } = await presenter.presentOne({ kind: 'json', about }, outputs)
  const written = JSON.parse(Buffer.from(bytes).toString())
  expect(written).toEqual({ ...about, outputs: [{ name: 'samples', data: Array.from(outputs.samples.data) }] })
})

it('leaves the event loop to others while it makes a large picture', async () => {
  await presenter.present(PRESENTATIONS[0]!, pictures(1, 48))
  let [turns, isMade] = [0, false]
  const count = () => {
    turns++
    if (!isMade) setImmediate(count)
  }
  const made = presenter.presentOne(PRESENTATIONS[0]!, pictures(1, 700)).finally(() => {
    isMade = true
  })
  setImmediate(count)
  const { width, height } = decodePng((await made).bytes)
  expect([width, height]).toEqual([700, 700])
  // In this thread it would be made in a handful of turns.
  expect(turns).toBeGreaterThan(30)
})

it('says what cannot be shown, whoever finds out', async () => {
  const wanted: Presentation = {
    kind: 'each',
    ports: { samples: { ...ports.samples!, modality: 'latent' } },
    format: 'png',
  }
  for (const side of [4, 48]) {
    await expect(presenter.present(wanted, pictures(2, side))).rejects.toMatchObject({
      name: 'RequestError',
      status: 422,
      code: 'MODALITY_UNSEEN',
      problem: expect.stringContaining('latent'),
    })
  }
})
