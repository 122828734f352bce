import { type ExecFileException, execFile } from 'node:child_process'
import { TrainingError } from '@gantry/core'
import { inPackage } from './in-package.ts'
import { lastLine } from './last-line.ts'
import type { tasks } from './tasks/tasks.ts'

type Tasks = typeof tasks
export type TaskName = keyof Tasks
type Runs<Name extends TaskName> = Awaited<ReturnType<Tasks[Name]>>['run']
export type TaskParameters<Name extends TaskName> = Parameters<Runs<Name>>[0]
/** What a task gives, and the largest resident size of its process. */
export type TaskResult<Name extends TaskName> = Awaited<ReturnType<Runs<Name>>> & { readonly peakMemoryMb: number }

/**
 * Runs a task in a process of its own: its memory is its own, and nothing was compiled or warmed up before.
 *
 * @throws TrainingError `TASK_FAILED`
 */
export async function runTask<Name extends TaskName>(
  name: Name,
  parameters: TaskParameters<Name>,
  timeLimitMs: number,
): Promise<TaskResult<Name>> {
  const command = [inPackage('dist/engines/task.js'), name, JSON.stringify(parameters)]
  const { ended, output, errors } = await new Promise<Ended>((resolve) => {
    execFile(process.execPath, command, { timeout: timeLimitMs, maxBuffer: 2 ** 26 }, (ended, output, errors) => {
      resolve({ ended, output, errors })
    })
  })
  const line = output.trim().split('\n').at(-1) ?? ''
  if (line.startsWith('{')) {
    const reply = JSON.parse(line) as { error: string } | { result: TaskResult<Name> }
    if ('result' in reply) return reply.result
    throw new TrainingError({ code: 'TASK_FAILED', message: `The task '${name}' failed: ${reply.error}` })
  }
  throw new TrainingError({
    code: 'TASK_FAILED',
    message: `The task '${name}' failed: ${reasonOf(ended, errors, timeLimitMs)}`,
  })
}

/** How a child process came to its end. */
interface Ended {
  readonly ended: ExecFileException | null
  readonly output: string
  readonly errors: string
}

/** Why a process ended without an answer. */
export function reasonOf(ended: Ended['ended'], errors: string, timeLimitMs: number): string {
  if (ended?.killed) return `no answer within ${Math.round(timeLimitMs / 1000)} s`
  // Linux ends whoever asks for more memory than there is, without a word.
  if (ended?.signal === 'SIGKILL') return 'the system ended its process (SIGKILL), as where memory runs out'
  return lastLine(errors) || `its process ended (${ended?.signal ?? `exit code ${ended?.code ?? 0}`})`
}
