import { GantryError } from '@gantry/core'
import { CommanderError } from 'commander'
import { INTERRUPTED, USAGE } from './exit-codes.ts'
import { note, writeResult } from './output.ts'
import { style } from './style.ts'

interface FailureFlags {
  readonly json: boolean
  readonly debug: boolean
}

/**
 * Says what went wrong on standard error, without a stack trace unless `debug`; with `json` also as
 * `{ "error": { code, message } }` on standard output.
 *
 * @returns the exit code
 */
export function reportFailure(error: unknown, { json, debug }: FailureFlags): number {
  // Commander reports help and version as "errors" with code 0.
  if (error instanceof CommanderError && error.exitCode === 0) return 0
  const { code, message, exitCode } = describeFailure(error)
  note(`${style('red', 'error:')} ${message}`)
  if (debug) note(stackOf(error))
  if (json) writeResult({ error: { code, message } })
  return exitCode
}

function describeFailure(error: unknown): { code: string; message: string; exitCode: number } {
  if (GantryError.isInstance(error)) return error
  if (error instanceof CommanderError) {
    // `gantry` alone shows the help on standard error.
    const message = error.message.replace(/^error: /, '').replace('(outputHelp)', "no command. Try 'gantry --help'.")
    return { code: 'USAGE', message, exitCode: USAGE }
  }
  if (error instanceof Error && error.name === 'AbortError') {
    return { code: 'INTERRUPTED', message: 'Interrupted.', exitCode: INTERRUPTED }
  }
  const detail = error instanceof Error ? error.message : String(error)
  const message = `Something unexpected happened: ${detail} (--debug shows where.)`
  return { code: 'UNEXPECTED', message, exitCode: 1 }
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : `\ncaused by: ${stackOf(error.cause)}`
  return `${error.stack}${cause}`
}
