import { createHash } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { encodeSafetensors, ndarray, sizeOfShape } from '@gantry/core'
import { knownWeights, type WeightsName } from '@gantry/metrics'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { gantry, gantryJson, start, temporaryFolder } from './testing/gantry.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** Weights of the right names and shapes, as a conversion would be. */
function conversion(name: WeightsName): Uint8Array {
  const { shapes } = knownWeights.find((known) => known.name === name)!
  const tensors = [...shapes].map(([key, shape]) => {
    const data = Float32Array.from({ length: sizeOfShape(shape) }, (_, index) => Math.abs(Math.sin(index)))
    return [key, ndarray('float32', shape, data)] as const
  })
  return encodeSafetensors({ tensors: Object.fromEntries(tensors), metadata: {} })
}

const content = conversion('lpips-alex')
const sha256 = createHash('sha256').update(content).digest('hex')
const ranges: (string | undefined)[] = []
const answers: Answer[] = []
const server = createServer((request, response) => {
  ranges.push(request.headers.range)
  ;(answers.shift() ?? whole)(request, response)
})

const whole: Answer = ({ headers }, response) => {
  const from = Number(/bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0)
  response.writeHead(from > 0 ? 206 : 200, { etag: '"v1"', 'content-length': content.length - from })
  response.end(content.subarray(from))
}

/** Half of the file, and then nothing, or the end of the connection. */
const half =
  (breaks: boolean): Answer =>
  (_, response) => {
    response.writeHead(200, { etag: '"v1"', 'content-length': content.length })
    response.write(content.subarray(0, content.length / 2))
    if (!breaks) return
    // Not before there is something to go on from: on a busy machine the client may come to read late.
    const waiting = setInterval(() => {
      if (!existsSync(partPath()) || statSync(partPath()).size === 0) return
      clearInterval(waiting)
      response.destroy()
    }, 10)
  }

const partPath = () => join(cwd, 'cache/weights/lpips-alex.weights.new.part')

let cwd: string
let url: string
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/alex.safetensors`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(async () => {
  cwd = await temporaryFolder()
  process.env.GANTRY_CACHE = join(cwd, 'cache')
  answers.length = ranges.length = 0
})

const fetchArgs = (...more: string[]) => ['weights', 'fetch', 'lpips-alex', '--url', url, '--sha256', sha256, ...more]

async function expectFailure(args: readonly string[], code: 1 | 2, message: RegExp) {
  const failed = await gantry(args, cwd)
  expect(failed.stderr).toMatch(message)
  expect(failed.stderr).not.toMatch(/unexpected|^\s+at /m)
  expect([failed.code, failed.stdout]).toEqual([code, ''])
}

describe('gantry weights', () => {
  it('lists what there is, and what is here', async () => {
    const before = await gantryJson(['weights', 'list'], cwd)
    expect(before.result.weights.map(({ name }: { name: string }) => name)).toContain('inception-fid')
    expect(before.result.weights.some(({ present }: { present: boolean }) => present)).toBe(false)
    await writeFile(join(cwd, 'alex.safetensors'), content)
    await gantry(['weights', 'add', 'lpips-alex', 'alex.safetensors'], cwd)
    expect((await gantry(['weights', 'list'], cwd)).stdout).toMatch(/lpips-alex +here/)
  })

  it('adds a file whose tensors fit, and no other', async () => {
    await writeFile(join(cwd, 'alex.safetensors'), content)
    await writeFile(join(cwd, 'vgg.safetensors'), conversion('lpips-vgg'))
    await writeFile(join(cwd, 'page.pth'), '<!doctype html><title>Not found</title>')
    await writeFile(join(cwd, 'cut.safetensors'), content.subarray(0, content.length / 2))
    const add = (file: string) => ['weights', 'add', 'lpips-alex', file]
    await expectFailure(
      add('vgg.safetensors'),
      1,
      /vgg\.safetensors: .*SHA-256 [0-9a-f]{64}.*'lin\d\.model\.1\.weight'/,
    )
    await expectFailure(add('page.pth'), 1, /page\.pth.*web page/)
    await expectFailure(add('cut.safetensors'), 1, /cut\.safetensors/)
    await expectFailure(add('absent.pth'), 1, /absent\.pth: it is not there/)
    await expectFailure(['weights', 'add', 'lpips-alix', 'page.pth'], 2, /Did you mean 'lpips-alex'\?/)
    expect(existsSync(join(cwd, 'cache/weights/lpips-alex.weights'))).toBe(false)
    const { code, result } = await gantryJson(add('alex.safetensors'), cwd)
    expect(code).toBe(0)
    expect(result).toMatchObject({ name: 'lpips-alex', sha256, official: false })
    expect(await readdir(join(cwd, 'cache/weights'))).toEqual(['lpips-alex.weights'])
  })

  it('fetches a file, on from where a connection broke, and once', async () => {
    answers.push(half(true))
    const { code, result } = await gantryJson(fetchArgs(), cwd)
    expect(code).toBe(0)
    expect(result).toMatchObject({ sha256, bytes: content.length, fetched: true })
    expect(ranges).toEqual([undefined, expect.stringMatching(/^bytes=\d+-$/)])
    expect((await gantryJson(fetchArgs(), cwd)).result.fetched).toBe(false)
    expect(ranges).toHaveLength(2)
    expect(await readdir(join(cwd, 'cache/weights'))).toEqual(['lpips-alex.weights'])
  })

  it('ends at Ctrl-C with 130, and goes on the next time', async () => {
    answers.push(half(false))
    const running = start(fetchArgs(), cwd)
    while (!existsSync(partPath())) await new Promise((resolve) => setTimeout(resolve, 20))
    await new Promise((resolve) => setTimeout(resolve, 300))
    running.process.kill('SIGINT')
    expect((await running.finished).code).toBe(130)
    expect((await gantry(fetchArgs(), cwd)).code).toBe(0)
    expect(ranges[1]).toMatch(/^bytes=\d+-$/)
  })

  it('refuses what is not the published file, and keeps nothing of it', async () => {
    await expectFailure(['weights', 'fetch', 'lpips-alex', '--url', url], 1, /SHA-256 [0-9a-f]{64}, but df73285e/)
    await expectFailure(
      ['weights', 'fetch', 'lpips-vgg', '--url', url, '--sha256', sha256],
      1,
      /not the weights 'lpips-vgg'/,
    )
    expect(await readdir(join(cwd, 'cache/weights'))).toEqual([])
    answers.push((_, response) => response.writeHead(404).end())
    await expectFailure(fetchArgs(), 1, /the server answered 404/)
    await expectFailure(['weights', 'fetch', 'lpips-alex', '--url', 'alex'], 2, /--url is an address/)
    await expectFailure(['weights', 'fetch', 'lpips-alex', '--sha256', 'df73'], 2, /64 hexadecimal digits/)
  })

  it('keeps the weights that are there', async () => {
    await gantry(fetchArgs(), cwd)
    await expectFailure(['weights', 'fetch', 'lpips-alex', '--url', url], 2, /other weights already.*Remove the file/)
  })
})
