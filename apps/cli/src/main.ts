#!/usr/bin/env node
import { createProgram } from './program.ts'
import { reportFailure } from './report-failure.ts'

// Standard output belongs to results: what a library says goes where the logs are.
console.log = console.info = console.debug = console.error
// `gantry list … | head` closes the pipe early, which is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

const flags = { json: process.argv.includes('--json'), debug: process.argv.includes('--debug') }
const fail = (error: unknown) => process.exit(reportFailure(error, flags))
process.on('uncaughtException', fail)
process.on('unhandledRejection', fail)

try {
  await createProgram().parseAsync()
} catch (error) {
  process.exitCode = reportFailure(error, flags)
}
