import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
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

/** Files that share processes: reading TF.js and the sources takes longer than most tests, and each project does it anew. */
const sharing = (name: string, root: string, folders: readonly string[]) => ({
  ssr,
  test: {
    ...common,
    name,
    root,
    include: folders.map((folder) => join(folder, 'src/**/*.test.ts')),
    exclude: alone.map((path) => relative(root, path)),
    isolate: false,
  },
})

// `--project NAME` picks a package.
const isPicked = process.argv.some((argument) => argument.startsWith('--project'))
const shared = isPicked ? roots.map((root) => sharing(basename(root), root, ['.'])) : [sharing('shared', '.', roots)]

export default defineConfig({
  test: { projects: [...shared, { ssr, test: { ...common, name: 'alone', include: alone } }] },
})
