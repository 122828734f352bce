import { homedir } from 'node:os'
import { resolve } from 'node:path'

/** No shell expands the `~` in `folder:~/faces`. */
export function absolutePath(path: string): string {
  return resolve(path.replace(/^~(?=$|[\\/])/, homedir()))
}
