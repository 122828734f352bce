// Takes a checkout from nothing to built packages: pnpm at the pinned version, the frozen lockfile, `turbo run build`.
// Needs Node and npm only, and no network once everything has been fetched. Every step is quick when it is already done.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

const windows = process.platform === 'win32'

/** A failure that the reader can act on; printed without a stack trace. */
export class SetupError extends Error {
  constructor(message, fix) {
    super(message)
    this.fix = fix
  }
}

/** Prints a SetupError in two lines; anything else is a bug and is thrown on. */
export function printFailure(error) {
  if (!(error instanceof SetupError)) throw error
  console.error(`\n✖ ${error.message}\n  ${error.fix}`)
}

/** Runs a script's main function; a SetupError becomes two lines and exit code 1. */
export async function runMain(main) {
  try {
    process.exitCode = await main()
  } catch (error) {
    printFailure(error)
    process.exitCode = 1
  }
}

/**
 * Runs a child to its end. Interrupts reach it, and it decides when to stop.
 *
 * @returns its exit code (128 + signal when killed) and, for what was piped, the text
 */
export function run(command, args, { env = process.env, stdio = 'inherit', cwd = root, onOutput } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio, shell: windows && !command.endsWith('.exe') })
    // A terminal sends Ctrl-C to the whole process group; elsewhere the signal came to this process alone (npm may
    // repeat it). The child must see it once: a second one would end it before it has saved its work.
    let interrupted = Number.NEGATIVE_INFINITY
    const onInterrupt = () => {
      if (!process.stdin.isTTY && performance.now() - interrupted > 1000) child.kill('SIGINT')
      interrupted = performance.now()
    }
    const onTerminate = () => child.kill('SIGTERM')
    process.on('SIGINT', onInterrupt)
    process.on('SIGTERM', onTerminate)
    const text = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr']) {
      child[name]?.setEncoding('utf8').on('data', (chunk) => {
        text[name] += chunk
        onOutput?.(chunk)
      })
    }
    child.on('error', reject)
    child.on('close', (code, signal) => {
      process.off('SIGINT', onInterrupt)
      process.off('SIGTERM', onTerminate)
      resolve({ code: code ?? (signal === 'SIGINT' ? 130 : 143), ...text })
    })
  })
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  throw new SetupError(
    `Gantry needs Node 20.19 or newer; this is Node ${process.versions.node}.`,
    'Install a current Node.',
  )
}

/** The exact version named in package.json's `packageManager`. */
function pinnedPnpm() {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return packageManager.replace(/^pnpm@/, '').replace(/\+.*/, '')
}

function versionOf(command, env) {
  // Outside the checkout, where no pnpm would switch itself to the pinned version by downloading it.
  const { stdout, status } = spawnSync(command, ['--version'], { cwd: tmpdir(), env, encoding: 'utf8', shell: windows })
  return status === 0 ? stdout.trim() : undefined
}

const OFFLINE = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT|META_FETCH_FAIL/

function explain(what, output) {
  if (OFFLINE.test(output)) {
    return new SetupError(
      `${what}: the npm registry cannot be reached, and something is needed from it.`,
      'Connect to the network (or set the `registry` that you use with `npm config set registry URL`) and try again.',
    )
  }
  if (/ENOSPC/.test(output)) return new SetupError(`${what}: the disk is full.`, 'Free about 2 GB and try again.')
  if (/ERR_PNPM_OUTDATED_LOCKFILE/.test(output)) {
    return new SetupError(
      `${what}: pnpm-lock.yaml does not fit a package.json.`,
      'Run `pnpm install` and commit the lockfile.',
    )
  }
  if (/EACCES|EPERM|EROFS/.test(output)) {
    return new SetupError(
      `${what}: a folder cannot be written (see above).`,
      'Make the checkout and your home folder writable.',
    )
  }
  return new SetupError(`${what} (see the messages above).`, 'If they do not help, run `git clean -fdx` and try again.')
}

/**
 * An environment in which `pnpm` is the pinned version: the one on PATH, or a private copy in the user's cache folder.
 *
 * The copy lies outside the checkout, so that it is there after `git clean -fdx` without network, and it is run directly:
 * `npx` asks the registry again each time.
 */
async function pnpmEnvironment() {
  const version = pinnedPnpm()
  const base = {
    ...process.env,
    TURBO_TELEMETRY_DISABLED: '1',
    DO_NOT_TRACK: '1',
    npm_config_update_notifier: 'false',
  }
  // `npm run` puts node_modules/.bin first on PATH; it holds no pnpm of ours.
  if (versionOf('pnpm', base) === version) return base

  const caches = [process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), tmpdir()]
  const withPnpm = (home) => {
    const pathName = Object.keys(base).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH'
    return { ...base, [pathName]: `${join(home, 'node_modules', '.bin')}${delimiter}${base[pathName] ?? ''}` }
  }
  for (const cache of caches) {
    const home = join(cache, 'gantry', `pnpm-${version}`)
    if (existsSync(home) && versionOf('pnpm', withPnpm(home)) === version) return withPnpm(home)
  }

  if (versionOf('npm', base) === undefined) {
    throw new SetupError('npm is not on PATH, and it is needed to fetch pnpm.', 'Install Node with npm.')
  }
  for (const cache of caches) {
    let scratch
    try {
      mkdirSync(join(cache, 'gantry'), { recursive: true })
      scratch = mkdtempSync(join(cache, 'gantry', 'pnpm-'))
    } catch {
      continue
    }
    console.error(`Fetching pnpm ${version} (kept in ${join(cache, 'gantry')}) …`)
    const flags = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--fetch-retries=1']
    const { code, stdout, stderr } = await run(
      'npm',
      ['install', '--prefix', windows ? `"${scratch}"` : scratch, ...flags, `pnpm@${version}`],
      { env: base, stdio: ['ignore', 'pipe', 'pipe'], cwd: scratch },
    )
    if (code === 0) {
      const home = join(cache, 'gantry', `pnpm-${version}`)
      rmSync(home, { recursive: true, force: true })
      renameSync(scratch, home)
      return withPnpm(home)
    }
    rmSync(scratch, { recursive: true, force: true })
    if (!OFFLINE.test(stderr)) process.stderr.write(stdout + stderr)
    throw explain(`pnpm ${version} could not be fetched`, stderr)
  }
  throw new SetupError(`No folder for pnpm ${version} can be written: ${caches.join(', ')}.`, 'Make one writable.')
}

/** Runs a step with its output passed on, and explains a failure. */
async function step(what, command, args, env) {
  const { code, stdout, stderr } = await run(command, args, {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    onOutput: (chunk) => process.stderr.write(chunk),
  })
  if (code === 130 || code === 143) process.exit(code)
  if (code !== 0) throw explain(what, stdout + stderr)
}

/**
 * Installs the packages of the lockfile. All output goes to standard error.
 *
 * @returns the environment in which `pnpm` is the pinned one
 * @throws SetupError
 */
export async function install() {
  checkNode()
  const env = await pnpmEnvironment()
  await step(
    'The packages could not be installed',
    'pnpm',
    [
      'install',
      '--frozen-lockfile',
      '--prefer-offline',
      '--reporter=append-only',
      '--config.confirmModulesPurge=false',
      '--fetch-retry-mintimeout=1000',
      '--fetch-retry-maxtimeout=10000',
    ],
    env,
  )
  return env
}

/**
 * Builds what changed. All output goes to standard error.
 *
 * @throws SetupError
 */
export async function build(env) {
  const turbo = join(root, 'node_modules', 'turbo', 'bin', 'turbo')
  await step(
    'The packages could not be built',
    process.execPath,
    [turbo, 'run', 'build', '--continue=dependencies-successful', '--output-logs=errors-only', '--no-update-notifier'],
    env,
  )
}
