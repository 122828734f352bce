import { imageField } from '@gantry/core'
import { expect, it } from 'vitest'
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
