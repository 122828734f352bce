import { onTestFinished, vi } from 'vitest'

/** As if the command ran in a folder that npm can install into; tests run in a checkout. */
export function outsideOfWorkspaces(): void {
  const spy = vi.spyOn(process, 'cwd').mockReturnValue('/')
  onTestFinished(() => spy.mockRestore())
}
