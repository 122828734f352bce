import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { expectCases } from './testing/expect-cases.ts'

// A Keras user's whole way: a model in Python, saved and converted there, exported here, and what Keras answers. It needs a Python with
// tensorflow and tensorflowjs (see keras/make-models.py), named by GANTRY_TENSORFLOW_PYTHON, or python3 if that has them. Importing
// TensorFlow takes half a minute, so a few models stand for all: GANTRY_KERAS_MODELS=all makes and checks every one.

const run = promisify(execFile)
const python = process.env.GANTRY_TENSORFLOW_PYTHON ?? 'python3'
const script = fileURLToPath(new URL('../keras/make-models.py', import.meta.url))
const few = ['dcgan', 'conditional', 'unet', 'nested']

/** Refusals that are right: what TF.js has no synchronous way to run, or cannot load as Keras means it. */
const refused: Readonly<Record<string, RegExp>> = {
  'recurrent graph': /decides while it runs/,
  'attention layers': /MultiHeadAttention/,
}

const hasTensorflow = await run(python, [
  '-c',
  "import importlib.util as u, sys; sys.exit(not all(u.find_spec(n) for n in ('tensorflow', 'keras', 'tensorflowjs')))",
]).then(
  () => true,
  () => false,
)

const folders: string[] = []
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))))

describe.skipIf(!hasTensorflow)(
  `models of Keras, by ${python}${hasTensorflow ? '' : ', which has no tensorflow'}`,
  () => {
    it('are exported with the answers that Keras gives', { timeout: 900_000 }, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'gantry-keras-'))
      folders.push(folder)
      const wanted = process.env.GANTRY_KERAS_MODELS === 'all' ? [] : few
      await run(python, [script, folder, ...wanted], { maxBuffer: 2 ** 26 })
      const outcomes: string[] = []
      for (const name of await readdir(folder)) {
        for (const kind of ['graph', 'layers']) {
          if (existsSync(join(folder, name, `${kind}.refused`))) {
            // The converter's own refusals are nobody's fault here.
            outcomes.push(
              `${name} ${kind}: ${(await readFile(join(folder, name, `${kind}.refused`), 'utf8')).split('\n')[0]}`,
            )
            continue
          }
          if (!existsSync(join(folder, name, kind))) continue
          const refusal = refused[`${name} ${kind}`]
          if (refusal !== undefined) await expect(expectCases(join(folder, name), kind, name)).rejects.toThrow(refusal)
          else await expectCases(join(folder, name), kind, name)
          outcomes.push(`${name} ${kind}: right`)
        }
      }
      console.log(outcomes.join('\n'))
      expect(outcomes.length).toBeGreaterThanOrEqual(2 * few.length)
    })
  },
)
