// Looks at every package as npm would get it. One process packs them all, and this one reads what was packed: a
// `publint --strict` for each, which packs it by another pnpm, takes two and a half times as long.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** The package.json of what is to be published: it has a script of that name. */
function published() {
  return ['packages', 'apps']
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(root, folder, name, 'package.json')))
    .filter((path) => existsSync(path))
    .map((path) => JSON.parse(readFileSync(path, 'utf8')))
    .filter(({ scripts }) => scripts?.publint !== undefined)
}

/** The archive of each package. */
function pack(packages, folder) {
  const filters = packages.flatMap(({ name }) => ['--filter', name])
  const args = ['--recursive', ...filters, 'pack', '--pack-destination', folder]
  const { status, stdout, stderr, error } = spawnSync('pnpm', args, {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  if (status !== 0) throw new Error(`pnpm does not pack: ${stdout ?? ''}${stderr ?? ''}`, { cause: error })
  return packages.map(({ name, version }) => {
    const archive = readFileSync(join(folder, `${name.replace(/^@/, '').replace('/', '-')}-${version}.tgz`))
    return { name, tarball: archive.buffer.slice(archive.byteOffset, archive.byteOffset + archive.byteLength) }
  })
}

const folder = mkdtempSync(join(tmpdir(), 'gantry-published-'))
try {
  const packed = pack(published(), folder)
  let offences = 0
  for (const { name, tarball } of packed) {
    const { messages, pkg } = await publint({ strict: true, pack: { tarball } })
    for (const message of messages) console.log(`${name}: ${message.type}: ${formatMessage(message, pkg)}`)
    offences += messages.filter(({ type }) => type !== 'suggestion').length
  }
  console.log(`${packed.length} packages looked at, ${offences} offences.`)
  process.exitCode = offences === 0 ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
