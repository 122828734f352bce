import { execFile } from 'node:child_process'
import { TrainingError } from '@gantry/core'
import { inPackage } from './in-package.ts'
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
  const { output, errors } = await new Promise<{ output: string; errors: string }>((resolve) => {
    execFile(process.execPath, command, { timeout: timeLimitMs, maxBuffer: 2 ** 26 }, (_, output, errors) => {
      resolve({ output, errors })
    })
  })
  const line = output.trim().split('\n').at(-1) ?? ''
  if (line.startsWith('{')) {
    const reply = JSON.parse(line) as { error: string } | { result: TaskResult<Name> }
    if ('result' in reply) return reply.result
    throw new TrainingError({ code: 'TASK_FAILED', message: `The task '${name}' failed: ${reply.error}` })
  }
  const reason = errors.trim().split('\n').at(-1) || `no answer within ${Math.round(timeLimitMs / 1000)} s`
  throw new TrainingError({ code: 'TASK_FAILED', message: `The task '${name}' failed: ${reason}` })
}
