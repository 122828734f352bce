import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { download } from './download.ts'

const content = randomBytes(300_000)
const sha256 = createHash('sha256').update(content).digest('hex')
const md5 = createHash('md5').update(content).digest('hex')

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** A server that knows ranges, as file servers do. */
const whole: Answer = ({ headers }, response) => {
  const start = headers['if-range'] === '"v1"' ? Number(/bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0) : 0
  response.writeHead(start > 0 ? 206 : 200, { etag: '"v1"', 'content-length': content.length - start })
  response.end(content.subarray(start))
}

/** Breaks the connection after some bytes. */
const broken =
  (bytes: number): Answer =>
  (_, response) => {
    response.writeHead(200, { etag: '"v1"', 'content-length': content.length })
    response.write(content.subarray(0, bytes), () => response.destroy())
  }

let server: Server
let folder: string
let url: string
let answers: Answer[]
let requests: IncomingMessage['headers'][]

beforeEach(async () => {
  answers = []
  requests = []
  server = createServer((request, response) => {
    requests.push(request.headers)
    ;(answers.length > 1 ? answers.shift()! : answers[0]!)(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/file.bin`
  folder = await mkdtemp(join(tmpdir(), 'gantry-download-'))
})

afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await rm(folder, { recursive: true })
})

const path = () => join(folder, 'deep', 'file.bin')
const fetchIt = (options: Partial<Parameters<typeof download>[1]> = {}) =>
  download(url, { path: path(), sha256, ...options })

describe('download', () => {
  it('fetches a file, tells how far it is, and leaves nothing else', async () => {
    answers = [whole]
    const steps: [number, number | undefined][] = []
    expect(await fetchIt({ onProgress: (...step) => steps.push(step) })).toEqual({
      path: path(),
      bytes: content.length,
      fetched: true,
    })
    expect(await readFile(path())).toEqual(content)
    expect(await readdir(join(folder, 'deep'))).toEqual(['file.bin'])
    expect(steps[0]).toEqual([0, content.length])
    expect(steps.at(-1)).toEqual([content.length, content.length])
  })

  it('finds a file that is there', async () => {
    answers = [whole]
    await fetchIt()
    expect(await fetchIt({ sha256: sha256.slice(0, 8), md5 })).toMatchObject({ fetched: false })
    expect(requests).toHaveLength(1)
  })

  it('goes on where a broken connection stopped', async () => {
    answers = [broken(100_000), whole]
    await fetchIt()
    expect(await readFile(path())).toEqual(content)
    expect(requests[1]!.range).toMatch(/^bytes=\d+-$/)
    expect(requests[1]!['if-range']).toBe('"v1"')
  })

  it('goes on in a later call', async () => {
    answers = [broken(100_000)]
    await expect(fetchIt({ retries: 0 })).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      fix: expect.stringMatching(/first \d+ bytes are kept/),
    })
    answers = [whole]
    await fetchIt()
    expect(Number(/\d+/.exec(requests[1]!.range!)![0])).toBeGreaterThan(0)
    expect(await readFile(path())).toEqual(content)
  })

  it('starts again when the file has changed meanwhile', async () => {
    const changed: Answer = (_, response) => {
      response.writeHead(200, { etag: '"v2"', 'content-length': content.length })
      response.end(content)
    }
    answers = [broken(100_000), changed]
    await fetchIt()
    expect(await readFile(path())).toEqual(content)
  })

  it('starts again when the server holds less than what is here', async () => {
    const gone: Answer = (_, response) => {
      response.writeHead(416)
      response.end()
    }
    answers = [broken(200_000), gone, whole]
    await fetchIt()
    expect(await readFile(path())).toEqual(content)
    expect(requests[2]!.range).toBeUndefined()
  })

  it('goes on after an abort', async () => {
    const abort = new AbortController()
    answers = [whole]
    const stop = (done: number) => done > 0 && abort.abort(new Error('enough'))
    await expect(fetchIt({ signal: abort.signal, onProgress: stop })).rejects.toThrow('enough')
    await expect(readFile(path())).rejects.toMatchObject({ code: 'ENOENT' })
    await fetchIt()
    expect(await readFile(path())).toEqual(content)
  })

  it('gives up a connection that sends nothing, and tries again', async () => {
    const slow: Answer = (_, response) => {
      response.writeHead(200, { etag: '"v1"', 'content-length': content.length })
      response.write(content.subarray(0, 50_000))
    }
    answers = [slow, whole]
    await fetchIt({ stallSeconds: 0.2 })
    expect(await readFile(path())).toEqual(content)
  })

  it('waits for a server that is overloaded', async () => {
    const busy: Answer = (_, response) => {
      response.writeHead(503)
      response.end()
    }
    answers = [busy, whole]
    expect(await fetchIt()).toMatchObject({ fetched: true })
  })

  it('refuses another file, and keeps nothing of it', async () => {
    answers = [whole]
    await expect(fetchIt({ sha256: 'ab'.repeat(32) })).rejects.toMatchObject({
      code: 'DOWNLOAD_CORRUPT',
      message: expect.stringContaining(sha256),
    })
    expect(await readdir(join(folder, 'deep'))).toEqual([])
  })

  it('does not write over a file that is another one', async () => {
    answers = [whole]
    const other = join(folder, 'other')
    await writeFile(other, 'mine')
    await expect(fetchIt({ path: other })).rejects.toMatchObject({ code: 'FILE_CORRUPT' })
    expect(await readFile(other, 'utf8')).toBe('mine')
    expect(requests).toHaveLength(0)
  })

  it('says what the server answered', async () => {
    answers = [
      (_, response) => {
        response.writeHead(404)
        response.end()
      },
    ]
    await expect(fetchIt()).rejects.toMatchObject({ code: 'DOWNLOAD_REFUSED', message: expect.stringContaining('404') })
    expect(requests).toHaveLength(1)
  })

  it('says that nobody answers', async () => {
    await expect(download('http://127.0.0.1:9/file.bin', { path: path(), retries: 1 })).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      fix: 'Check the network.',
    })
  })
})
