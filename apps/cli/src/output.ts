import { printable } from '@gantry/core'

export interface OutputFlags {
  readonly json?: boolean
  readonly debug?: boolean
}

/** What this command itself colours text with. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
const COLOURS = /(\u001b\[[\d;]*m)/

/** Text as a terminal shows it: of what names from files may hold, nothing but colours is acted on. */
export function shown(text: string): string {
  const parts = text.split(COLOURS)
  return parts.map((part, index) => (index % 2 === 0 ? printable(part) : part)).join('')
}

/** Writes the one JSON object of `--json`. What JSON leaves as it is, but a terminal acts on, is escaped, too. */
export function writeResult(result: object): void {
  process.stdout.write(`${printable(JSON.stringify(result, null, 2))}\n`)
}

/** Ends a command: its result as JSON, or what a person wants to read of it. */
export function present({ json }: OutputFlags, result: object, lines: readonly string[]): void {
  if (json) writeResult(result)
  else process.stdout.write(`${shown(lines.join('\n'))}\n`)
}

/** Tells a person something on the way; never part of the result. */
export function note(text: string): void {
  process.stderr.write(`${shown(text)}\n`)
}
