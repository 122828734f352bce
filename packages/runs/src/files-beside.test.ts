import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { float32 } from '@gantry/core'
import { createModel, decodeModel, encodeSplitModel, GraphBuilder } from '@gantry/onnx'
import { generate } from '@gantry/training'
import { expect, it, onTestFinished } from 'vitest'
import { describeModel } from './describe-model.ts'
import { loadGenerator } from './generators/load-generator.ts'
import { oldFiles } from './testing/old-files.ts'

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

it('a model with all its weights beside it makes the samples of one that holds them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-split-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const whole = join(oldFiles, 'exports-v1/generator-v1.onnx')
  const decoded = decodeModel(await readFile(whole))
  // Shapes, too, which ONNX Runtime does not read from there.
  const { model, data } = encodeSplitModel(decoded, 'weights.bin', { threshold: 0 })
  const path = join(folder, 'generator.onnx')
  await writeFile(path, model)
  const lone = { code: 'FILE_MISSING', message: expect.stringContaining('weights.bin: it is not there') }
  await expect(loadGenerator(path)).rejects.toMatchObject(lone)
  await writeFile(join(folder, 'weights.bin'), data.chunks)
  const drawn = await Promise.all(
    [whole, path].map(async (file) => {
      const generator = await loadGenerator(file)
      onTestFinished(() => generator.dispose())
      return (await generate(generator.evaluate, generator.manifest.inputs, { count: 2, seed: 1 })).outputs
    }),
  )
  expect(drawn[1]).toEqual(drawn[0])
  expect(await describeModel(path)).toMatchObject({ parameters: (await describeModel(whole)).parameters })
})
