import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { imageField } from '@gantry/core'
import { expect, it, onTestFinished } from 'vitest'
import { writeDigits } from '../testing/images.ts'
import { openDataSamples } from './open-samples.ts'

it('says whose channels a data set cannot give, and that of a person as what was asked for', async () => {
  const like = { field: imageField([28, 28, 3]), title: 'my generator' }
  await expect(openDataSamples('mnist-test', { like })).rejects.toMatchObject({
    code: 'CHANNELS_DIFFER',
    message: expect.stringMatching(/^The images of my generator have 3 channels, which mnist-test cannot give/),
  })
  const asked = openDataSamples('mnist-test', { dataOptions: { channels: 3 } })
  await expect(asked).rejects.toMatchObject({ code: 'CHANNELS_INVALID' })
})

it('cuts images out as those were that a generator was trained on, unless another size is asked for', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-samples-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await writeDigits(folder, 2)
  const first = async (options: Parameters<typeof openDataSamples>[1]) => {
    const samples = await openDataSamples(`folder:${folder}`, options)
    onTestFinished(() => samples.dispose())
    for await (const batch of samples.batches(0, 2)) return batch.samples
    throw new Error('There are no samples.')
  }
  const like = { field: imageField([8, 8, 1]), title: 'my generator', usual: { loadSize: 12, batchSize: 3 } }
  const whole = await first({ dataOptions: { size: 8, channels: 1 } })
  const cut = await first({ dataOptions: { size: 8, channels: 1, loadSize: 12 } })
  expect(cut).not.toEqual(whole)
  expect(await first({ like })).toEqual(cut)
  expect(await first({ like, dataOptions: { size: 8 } })).toEqual(whole)
})
