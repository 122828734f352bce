// Type-checks the ```ts blocks of every README, as a user would paste them: each in a module of its own, against the built
// packages. So it also reads the declarations that the build wrote without checking types (`noCheck`).
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

const readmes = [
  root,
  ...['packages', 'apps'].flatMap((kind) => readdirSync(join(root, kind)).map((name) => join(root, kind, name))),
]
  .map((folder) => join(folder, 'README.md'))
  .filter((readme) => existsSync(readme))

// The command depends on every package, in tests at least, so every import resolves from its folder.
const place = join(root, 'apps', 'cli', '.examples')
rmSync(place, { recursive: true, force: true })
mkdirSync(place, { recursive: true })
const origin = new Map()
try {
  for (const readme of readmes) {
    const blocks = readFileSync(readme, 'utf8').matchAll(/^```ts\n([\s\S]*?)^```/gm)
    for (const [index, [, code]] of [...blocks].entries()) {
      const file = `${relative(root, dirname(readme)).replaceAll(/[\\/]/g, '-') || 'root'}-${index + 1}.ts`
      origin.set(file, `${relative(root, readme)}, example ${index + 1}`)
      writeFileSync(join(place, file), `${code}\nexport {}\n`)
    }
  }
  writeFileSync(
    join(place, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../../tsconfig.base.json',
      compilerOptions: { noEmit: true, typeRoots: ['../../../node_modules/@types'] },
      include: ['*.ts'],
    }),
  )
  const compiler = join(root, 'node_modules', 'typescript-7', 'bin', 'tsc')
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', place, '--pretty', 'false'], {
    encoding: 'utf8',
  })
  if (status === 0) console.log(`${origin.size} examples compile.`)
  else console.error(stdout.replaceAll(/\S*\.examples[\\/]([\w-]+\.ts)/g, (_, file) => origin.get(file) ?? file))
  process.exitCode = status === 0 ? 0 : 1
} finally {
  rmSync(place, { recursive: true, force: true })
}
