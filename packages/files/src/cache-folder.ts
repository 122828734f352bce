import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * Where files that can be fetched again are kept: `$GANTRY_CACHE`, else `gantry` in the system's cache folder
 * (`$XDG_CACHE_HOME` or `~/.cache`; `%LOCALAPPDATA%` on Windows; `~/Library/Caches` on macOS). It need not exist.
 */
export function cacheFolder(kind: string, env: Readonly<NodeJS.ProcessEnv> = process.env): string {
  if (env.GANTRY_CACHE) return join(env.GANTRY_CACHE, kind)
  if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, 'gantry', kind)
  if (process.platform === 'win32' && env.LOCALAPPDATA) return join(env.LOCALAPPDATA, 'gantry', 'Cache', kind)
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'gantry', kind)
  return join(homedir(), '.cache', 'gantry', kind)
}
