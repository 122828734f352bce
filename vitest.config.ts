import { existsSync, readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { defineConfig } from 'vitest/config'

// Tests read the TypeScript sources of all packages: the `source` condition of their `exports`.
const conditions = ['source', 'node', 'import', 'default']

const roots = ['packages', 'apps', 'examples']
  .flatMap((folder) => readdirSync(folder).map((name) => `${folder}/${name}`))
  .filter((root) => existsSync(`${root}/src`))

export default defineConfig({
  test: {
    projects: roots.map((root) => ({
      ssr: { resolve: { conditions, externalConditions: conditions } },
      test: { name: basename(root), root, include: ['src/**/*.test.ts'], testTimeout: 60_000 },
    })),
  },
})
