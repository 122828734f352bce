import { rename, writeFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { negative } from '../../../runs/src/testing/tiny-models.ts'
import { usualLimits } from '../limits.ts'
import { tinyServer } from '../testing/tiny-server.ts'
import { modelNames } from './model-names.ts'
import { ServedModel } from './served-model.ts'

it('loads a file that is replaced, and keeps what it has when that cannot be read', async () => {
  const { tiny, close } = await tinyServer()
  const reloads: unknown[] = []
  const model = await ServedModel.open('tiny', tiny, { limits: usualLimits, workers: 1 }, (error) =>
    reloads.push(error),
  )
  try {
    const before = model.current
    expect(await model.look()).toBe(false)
    const under = before.run({ latent: row([1, 2, 3, 4]), truncation: row([1], []) })
    await writeFile(`${tiny}.new`, negative())
    await rename(`${tiny}.new`, tiny)
    expect(await model.look()).toBe(true)
    expect(Object.keys(model.current.manifest.inputs)).toEqual(['source'])
    expect(model.current.version).not.toBe(before.version)
    expect(Array.from((await under).samples!.data, Number)).toEqual([1, 2, 3, 4])
    const now = model.current
    await writeFile(tiny, 'This is no model.')
    expect(await model.look()).toBe(false)
    expect([model.current, reloads]).toEqual([now, [undefined, expect.any(Error)]])
  } finally {
    await model.close()
    await close()
  }
})

function row(values: readonly number[], shape: readonly number[] = [values.length]) {
  return { dtype: 'float32', shape: [1, ...shape], data: Float32Array.from(values) } as const
}

it('answers what is under way when it is to stop, and is not ready any more', async () => {
  const tiny = await tinyServer()
  const { port } = await tiny.server.listen({ port: 0 })
  const url = `http://127.0.0.1:${port}`
  const answers = Array.from({ length: 8 }, (_, seed) => fetch(`${url}/v1/models/tiny/images/${seed}.avif`))
  await Promise.race(answers)
  expect((await tiny.ask('/readyz')).status).toBe(200)
  const closed = tiny.close()
  expect((await tiny.ask('/readyz')).status).toBe(503)
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(new Array(8).fill(200))
  await closed
  await expect(fetch(`${url}/healthz`)).rejects.toThrow()
})

it.each([
  [
    ['runs/digits', 'faces=runs/7/generator.onnx', 'runs/my run/generator.onnx'],
    ['digits', 'faces', 'my-run'],
  ],
  [['a.onnx', '/b/a.onnx'], 'MODEL_TWICE'],
  [['.a=b.onnx'], 'MODEL_NAME_INVALID'],
  [[], 'MODEL_MISSING'],
])('names %j', (models, names) => {
  if (typeof names === 'string') expect(() => modelNames(models)).toThrow(expect.objectContaining({ code: names }))
  else expect([...modelNames(models).keys()]).toEqual(names)
})
