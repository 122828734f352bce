import { type FileHandle, open, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { storageError } from './storage-error.ts'

interface Note {
  readonly url: string
  /** The server's name for this version of the file. */
  readonly validator: string
}

/** What has arrived of a file, with a note beside it that tells which version of what it is. */
export class PartialFile {
  readonly path: string
  readonly notePath: string

  constructor(path: string) {
    this.path = path
    this.notePath = `${path}.json`
  }

  async size(): Promise<number> {
    return (await stat(this.path).catch(() => undefined))?.size ?? 0
  }

  /** Where to go on, when the server can tell whether its file is still the same. */
  async resumable(url: string): Promise<{ readonly bytes: number; readonly validator: string } | undefined> {
    const bytes = await this.size()
    if (bytes === 0) return undefined
    const note = await readFile(this.notePath, 'utf8').then(
      (text) => JSON.parse(text) as Note,
      () => undefined,
    )
    return note?.url === url && note.validator ? { bytes, validator: note.validator } : undefined
  }

  /** Opens it for the rest, or for everything. */
  async open(url: string, headers: Headers, resumes: boolean): Promise<FileHandle> {
    try {
      if (!resumes) {
        // Weak validators promise the same meaning, not the same bytes.
        const tag = headers.get('etag')
        const validator = tag !== null && !tag.startsWith('W/') ? tag : (headers.get('last-modified') ?? '')
        await writeFile(this.notePath, JSON.stringify({ url, validator } satisfies Note))
      }
      return await open(this.path, resumes ? 'a' : 'w')
    } catch (cause) {
      throw storageError('write', this.path, cause)
    }
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true })
    await rm(this.notePath, { force: true })
  }
}
