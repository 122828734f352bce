import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { start, temporaryFolder } from './testing/gantry.ts'

/** As where npm has left out an optional dependency. */
const HIDING = `
import { register } from 'node:module'
register('data:text/javascript,' + encodeURIComponent(\`
  export async function resolve(specifier, context, next) {
    if (specifier !== 'onnxruntime-node') return next(specifier, context)
    throw Object.assign(new Error("Cannot find package 'onnxruntime-node'"), { code: 'ERR_MODULE_NOT_FOUND' })
  }
\`))
`

test('an install without onnxruntime-node says how to get it, and lists the engines that are there', async () => {
  const folder = await temporaryFolder()
  const hiding = join(folder, 'hiding.mjs')
  await writeFile(hiding, HIDING)
  const gantry = (...args: string[]) => start(args, folder, ['--import', hiding]).finished
  const line = /ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node@\d+\.\d+\.\d+/
  const [train, list] = await Promise.all([
    gantry('train', 'vanilla', '--data', 'ring8', '--steps', '2'),
    gantry('list', 'engines'),
  ])
  expect(train.code).toBe(1)
  expect(train.stderr).toMatch(line)
  expect(train.stderr).not.toMatch(/\n +at /)
  expect(list.code).toBe(0)
  expect(list.stdout).toMatch(line)
  expect(list.stdout).toMatch(/tfjs +cpu +yes/)
})
