import { printable, printableLine } from '@gantry/core'

// All that people read passes through here: names of files, classes and runs may hold what a terminal acts on.

export interface OutputFlags {
  readonly json?: boolean
  readonly debug?: boolean
}

/** Writes the one JSON object of `--json`. */
export function writeResult(result: object): void {
  // Escapes of control characters are what JSON has for them, too.
  process.stdout.write(`${printable(JSON.stringify(result, null, 2))}\n`)
}

/** Ends a command: its result as JSON, or what a person wants to read of it. */
export function present({ json }: OutputFlags, result: object, lines: readonly string[]): void {
  if (json) writeResult(result)
  else process.stdout.write(`${lines.map(printableLine).join('\n')}\n`)
}

/**
 * Tells a person something on the way; never part of the result.
 *
 * @param prefix of our own making, which may have colours
 */
export function note(text: string, prefix = ''): void {
  process.stderr.write(`${prefix}${printableLine(text)}\n`)
}
