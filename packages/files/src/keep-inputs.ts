import { statSync } from 'node:fs'
import { ConfigurationError } from '@gantry/core'

/**
 * Refuses to write over what is read: a file is the same under another name, by a link or in another spelling.
 *
 * @param inputs files that are read, and are to stay
 * @param outputs files that are to be written
 * @throws ConfigurationError `OUT_IS_INPUT`
 */
export function keepInputs(inputs: readonly string[], outputs: readonly string[]): void {
  const read = new Map(inputs.flatMap((path) => identityOf(path).map((identity) => [identity, path] as const)))
  if (read.size === 0) return
  for (const output of outputs) {
    const [identity] = identityOf(output)
    const input = identity === undefined ? undefined : read.get(identity)
    if (input === undefined) continue
    throw new ConfigurationError({
      code: 'OUT_IS_INPUT',
      message: `'${output}' is to be written, but it is what is read${input === output ? '' : ` as '${input}'`}: the original would be lost.`,
      fix: "Name another file or folder ('--out').",
    })
  }
}

/** Device and number of a file; none of what is not there. */
function identityOf(path: string): string[] {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false })
  return found === undefined ? [] : [`${found.dev}:${found.ino}`]
}
