import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { fileKind, kindOfFile } from './file-kind.ts'

const bytes = (text: string) => Buffer.from(text, 'latin1')

it.each([
  ['\x89PNG\r\n\x1a\n', 'png'],
  ['RIFF\x00\x00\x00\x00WEBPVP8 ', 'webp'],
  ['II*\x00', 'tiff'],
  [`a.txt${'\0'.repeat(252)}ustar`, 'tar'],
  ['\x40\0\0\0\0\0\0\0{"a":', 'safetensors'],
  ['\xef\xbb\xbf {"format"', 'json'],
  ['[1]', 'json'],
  ['\0\0\x08\x03\0\0\0\x01', 'idx'],
  ['', 'empty'],
  ['RIFF\x00\x00\x00\x00WAVE', 'unknown'],
  ['\x08\x08\x12', 'unknown'],
])('knows %j by its bytes as %s', (text, kind) => {
  expect(fileKind(bytes(text))).toBe(kind)
})

it('reads the beginning of a file, whatever its name', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-kind-'))
  const path = join(folder, 'a.tar')
  await writeFile(path, gzipSync('hello'))
  expect(await kindOfFile(path)).toBe('gzip')
  await rm(folder, { recursive: true })
  await expect(kindOfFile(path)).rejects.toMatchObject({ code: 'FILE_MISSING' })
})
