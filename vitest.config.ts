import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { defineConfig } from 'vitest/config'

// Tests read the TypeScript sources of all packages: the `source` condition of their `exports`.
const conditions = ['source', 'node', 'import', 'default']

const roots = ['packages', 'apps', 'examples']
  .flatMap((folder) => readdirSync(folder).map((name) => `${folder}/${name}`))
  .filter((root) => existsSync(`${root}/src`))

/** What replaces modules, or needs some that nothing has imported yet, cannot share a process with other test files. */
const ALONE = /\bvi\.(mock|doMock)\(|^\/\/ Runs in a process of its own\b/m

const alone = roots.flatMap((root) =>
  readdirSync(`${root}/src`, { recursive: true, encoding: 'utf8' })
    .map((path) => join(root, 'src', path))
    .filter((path) => path.endsWith('.test.ts') && ALONE.test(readFileSync(path, 'utf8'))),
)

const ssr = { resolve: { conditions, externalConditions: conditions } }

const common = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  setupFiles: [join(import.meta.dirname, 'scripts/restore-environment.mjs')],
}

export default defineConfig({
  test: {
    projects: [
      // The files of a package share processes: importing TF.js and the sources once for each takes longer than most tests.
      ...roots.map((root) => ({
        ssr,
        test: {
          ...common,
          name: basename(root),
          root,
          include: ['src/**/*.test.ts'],
          exclude: alone.map((path) => path.slice(root.length + 1)),
          isolate: false,
        },
      })),
      { ssr, test: { ...common, name: 'alone', include: alone } },
    ],
  },
})
