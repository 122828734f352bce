import { createProgram } from '../program.ts'
import { reportFailure } from '../report-failure.ts'
import type { Finished } from './gantry.ts'

/**
 * What a command says that fails before it does anything: the same program, on its sources, in this process. Most of the time of a
 * process for each message would be spent in loading libraries.
 */
export async function refused(args: readonly string[], cwd: string): Promise<Finished> {
  const before = process.cwd()
  const written = { stdout: '', stderr: '' }
  const restore = (['stdout', 'stderr'] as const).map((name) => {
    const stream = process[name]
    const { write } = stream
    stream.write = (chunk: string | Uint8Array) => {
      written[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()
      return true
    }
    return () => {
      stream.write = write
    }
  })
  process.chdir(cwd)
  try {
    await createProgram().parseAsync(args, { from: 'user' })
    return { code: 0, ...written }
  } catch (error) {
    const code = reportFailure(error, { json: args.includes('--json'), debug: false })
    return { code, ...written }
  } finally {
    process.chdir(before)
    for (const undo of restore) undo()
  }
}
