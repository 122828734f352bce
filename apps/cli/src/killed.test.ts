import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { writeImages } from '../../../packages/runs/src/testing/images.ts'
import { start, temporaryFolder } from './testing/gantry.ts'

const BORDER = '000003.safetensors'

it('a super-resolution that is killed between its stages goes on to the same bits', async () => {
  const cwd = await temporaryFolder()
  await writeImages(join(cwd, 'pictures'), 4)
  const small = ['generatorWidth=2', 'residualBlocks=1', 'discriminatorWidth=2', 'denseUnits=4', 'pretrainSteps=3']
  const often = ['checkpointEvery=1', 'keepCheckpoints=9', 'sampleCount=2']
  const args = ['train', 'srgan', '--data', 'folder:pictures', '--size', '16', '--steps', '5', '--batch-size', '2']
  const train = (out: string, ...more: string[]) =>
    start([...args, '--set', ...small, ...often, '--out', out, ...more], cwd)
  const whole = train('whole')
  const killed = train('killed')
  const exit = once(killed.process, 'exit')
  const checkpoint = (run: string, name: string) => join(cwd, run, 'checkpoints', name)
  while (!existsSync(checkpoint('killed', BORDER)) && killed.process.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 5))
  // The last step on pixels is saved, and the network of the game is being built.
  killed.process.kill('SIGKILL')
  expect((await exit)[1]).toBe('SIGKILL')
  expect(existsSync(checkpoint('killed', '000004.safetensors'))).toBe(false)
  const finished = [await whole.finished, await train('killed', '--resume').finished]
  for (const { code, stderr } of finished) expect(code, stderr).toBe(0)
  const [one, other] = await Promise.all(
    ['whole', 'killed'].map((run) => readFile(checkpoint(run, '000005.safetensors'))),
  )
  expect(tensorsOf(other!)).toEqual(tensorsOf(one!))
})

/** What comes after the header of a safetensors file, which tells times. */
function tensorsOf(file: Buffer): Buffer {
  return file.subarray(8 + Number(file.readBigUInt64LE()))
}
