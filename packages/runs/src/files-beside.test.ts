import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { float32 } from '@gantry/core'
import { createModel, encodeSplitModel, GraphBuilder } from '@gantry/onnx'
import { expect, it, onTestFinished } from 'vitest'
import { describeModel } from './describe-model.ts'

it('a model is described with the weights beside it, and nothing outside its folder is read', async () => {
  const root = await mkdtemp(join(tmpdir(), 'gantry-beside-'))
  onTestFinished(() => rm(root, { recursive: true }))
  const builder = new GraphBuilder('split')
  const weights = builder.initializer('w', float32([1024], new Float32Array(1024)))
  builder.output('y', builder.node('Neg', [weights]))
  const { model, data } = encodeSplitModel(createModel(builder.build()), 'weights.bin')
  const folder = join(root, 'model')
  await mkdir(folder)
  const [path, beside] = [join(folder, 'model.onnx'), join(folder, 'weights.bin')]
  await writeFile(path, model)
  await expect(describeModel(path)).rejects.toMatchObject({
    code: 'FILE_MISSING',
    message: expect.stringContaining(beside),
  })
  await writeFile(join(root, 'outside.bin'), data.chunks)
  await symlink(join(root, 'outside.bin'), beside)
  await expect(describeModel(path)).rejects.toMatchObject({ code: 'EXTERNAL_LOCATION_INVALID' })
  await rm(beside)
  await writeFile(beside, data.chunks)
  expect(await describeModel(path)).toMatchObject({ parameters: 1024 })
})
