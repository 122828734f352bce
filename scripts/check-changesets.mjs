// Checks that every changeset can be released: known packages, a known bump, a summary.
// `changeset status` would need git history, which a shallow clone or an unpacked archive lacks.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = join(root, '.changeset')

const manifests = ['packages', 'apps']
  .flatMap((kind) => readdirSync(join(root, kind)).map((name) => join(root, kind, name, 'package.json')))
  .filter((path) => existsSync(path))
  .map((path) => JSON.parse(readFileSync(path, 'utf8')))
const released = new Set(manifests.filter((each) => each.private !== true).map((each) => each.name))

const problems = []
const versions = new Set(manifests.filter((each) => released.has(each.name)).map((each) => each.version))
if (versions.size > 1)
  problems.push(`The packages are one fixed group but have the versions ${[...versions].join(', ')}.`)

const names = readdirSync(folder).filter((name) => name.endsWith('.md') && name !== 'README.md')
for (const name of names) {
  const [, header, summary] = /^---\n([\s\S]*?)\n?---\n([\s\S]*)$/.exec(readFileSync(join(folder, name), 'utf8')) ?? []
  if (header === undefined) {
    problems.push(`.changeset/${name}: no front matter between two lines of ---`)
    continue
  }
  for (const line of header.split('\n').filter((each) => each.trim() !== '')) {
    const [, owner, bump] = /^["']?([^"':]+)["']?:\s*(\S+)\s*$/.exec(line) ?? []
    if (!released.has(owner)) problems.push(`.changeset/${name}: '${line}' names no package that is released`)
    else if (!['major', 'minor', 'patch'].includes(bump)) problems.push(`.changeset/${name}: unknown bump in '${line}'`)
  }
  if (summary.trim() === '') problems.push(`.changeset/${name}: the summary is empty`)
}

if (problems.length > 0) {
  console.error(problems.join('\n'))
  process.exitCode = 1
} else {
  console.log(`${names.length} changesets, ${released.size} packages in one group.`)
}
