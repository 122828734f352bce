import { type Presentation, present } from '../generation/present.ts'
import { type Reading, type ReadRequest, readAs } from '../generation/read-as.ts'
import type { Arrays } from '../models/batch-queue.ts'

/** What threads do. Everything that a task takes and gives travels, so that no thread knows anything of a server. */
export const tasks = {
  present: ({ presentation, outputs }: { readonly presentation: Presentation; readonly outputs: Arrays }) =>
    present(presentation, outputs),
  read: ({ reading, body }: { readonly reading: Reading; readonly body: Uint8Array }): Promise<ReadRequest> =>
    readAs(reading, body),
}

export type TaskName = keyof typeof tasks
export type TaskParameters<Name extends TaskName> = Parameters<(typeof tasks)[Name]>[0]
export type TaskResult<Name extends TaskName> = Awaited<ReturnType<(typeof tasks)[Name]>>
