export interface OutputFlags {
  readonly json?: boolean
  readonly debug?: boolean
}

/** Writes the one JSON object of `--json`. */
export function writeResult(result: object): void {
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
}

/** Ends a command: its result as JSON, or what a person wants to read of it. */
export function present({ json }: OutputFlags, result: object, lines: readonly string[]): void {
  if (json) writeResult(result)
  else process.stdout.write(`${lines.join('\n')}\n`)
}

/** Tells a person something on the way; never part of the result. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`)
}
