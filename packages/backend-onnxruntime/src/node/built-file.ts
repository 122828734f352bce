import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ConfigurationError } from '@gantry/core'

/**
 * Where this package's compiled entry lies: beside this module, or in `dist` when tests run the TypeScript sources,
 * which workers and child processes of Node 20 cannot load.
 *
 * @throws ConfigurationError `BUILD_MISSING`.
 */
export function builtFile(name: 'worker' | 'child-worker' | 'probe-process' | 'native/update-helper'): URL {
  const folder = import.meta.url.endsWith('.ts') ? '../../dist/node' : '.'
  const url = new URL(`${folder}/${name}.js`, import.meta.url)
  if (existsSync(url)) return url
  throw new ConfigurationError({
    code: 'BUILD_MISSING',
    message: `@gantry/backend-onnxruntime runs ${fileURLToPath(url)}, which is not there.`,
    fix: 'Build it: pnpm --filter @gantry/core --filter @gantry/backend-onnxruntime build.',
  })
}
