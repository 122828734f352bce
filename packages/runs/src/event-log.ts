import { type FileHandle, open, readFile } from 'node:fs/promises'
import { isEvent, type RunEvent, upgradeEvent } from '@gantry/core'
import { storageError } from '@gantry/files'

/**
 * The append-only `events.jsonl` of a run, one event a line.
 *
 * A resumed run appends to the log of the attempts before it. Where an attempt got further than the checkpoint that the
 * next one starts from, both stay in the file; {@link readEvents} knows which of them count.
 */
export class EventLog {
  readonly path: string
  readonly #file: FileHandle

  private constructor(path: string, file: FileHandle) {
    this.path = path
    this.#file = file
  }

  /** @throws StorageError */
  static async open(path: string): Promise<EventLog> {
    try {
      const file = await open(path, 'a+')
      const { size } = await file.stat()
      const log = new EventLog(path, file)
      // A process that was killed can leave half a line: the next event must not be glued to it.
      if (size > 0) {
        const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1)
        if (buffer.toString() !== '\n') await file.appendFile('\n')
      }
      return log
    } catch (cause) {
      throw storageError('write', path, cause)
    }
  }

  /** @throws StorageError */
  async append(event: RunEvent): Promise<void> {
    await this.#file.appendFile(`${JSON.stringify(event)}\n`).catch((cause) => {
      throw storageError('write', this.path, cause)
    })
  }

  async close(): Promise<void> {
    await this.#file.close()
  }
}

/**
 * Reads the history of a run as if it had never been interrupted: a `start` at step S takes the place of every earlier
 * event after S, because the resumed attempt runs those steps again. Half lines of killed processes, and what is no event, are
 * left out, and events of earlier versions are brought to today's.
 *
 * @throws StorageError
 *
 * @example
 * ```ts
 * const losses = (await readEvents('runs/demo/events.jsonl')).filter((event) => event.type === 'step')
 * ```
 */
export async function readEvents(path: string): Promise<RunEvent[]> {
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw storageError('read', path, cause)
  })
  let events: RunEvent[] = []
  for (const line of text.split('\n')) {
    const event = parseLine(line)
    if (event === undefined) continue
    if (event.type === 'start') events = events.filter((earlier) => earlier.step <= event.step)
    // An attempt that began a stage, and then was killed before a checkpoint of it, tells of it once more.
    if (event.type === 'stage' && events.some((earlier) => earlier.type === 'stage' && earlier.stage === event.stage))
      continue
    events.push(event)
  }
  return events
}

function parseLine(line: string): RunEvent | undefined {
  try {
    const event: unknown = JSON.parse(line)
    return isEvent(event) ? upgradeEvent(event) : undefined
  } catch {
    return undefined
  }
}
