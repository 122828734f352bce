import { rename, rm } from 'node:fs/promises'
import { ConfigurationError, GantryError } from '@gantry/core'
import { type Download, download } from '@gantry/files'
import { type KnownWeights, knownWeights } from '@gantry/metrics'
import { interruptible } from '../interrupt.ts'
import { note, type OutputFlags, present, table } from '../output.ts'
import { findWeights, hasWeights, keepWeights, readNetworkWeights, weightsPath } from '../weights/weights-store.ts'
import { createWorkProgress, reportBytes } from '../work-progress.ts'

/** `gantry weights list`: what extractors can use, where it comes from, and what is here. */
export async function listWeights(flags: OutputFlags): Promise<void> {
  const weights = knownWeights.map(({ name, about, licence, files }) => ({
    name,
    about,
    licence,
    present: hasWeights(name),
    path: weightsPath(name),
    url: files[0].url,
    sha256: files[0].sha256,
    bytes: files[0].bytes ?? null,
  }))
  const rows = weights.map((each) => [
    each.name,
    each.present ? 'here' : '—',
    `${each.about} (${each.licence}${each.bytes ? `, ${(each.bytes / 1e6).toFixed(each.bytes < 1e6 ? 3 : 0)} MB` : ''})`,
  ])
  present(flags, { weights }, [
    ...table(rows),
    '',
    "'gantry weights fetch NAME' downloads from the authors, 'gantry weights add NAME FILE' takes a file of yours.",
  ])
}

/** `gantry weights add`: a file that the user has, checked and kept. */
export async function addWeights(name: string, file: string, flags: OutputFlags): Promise<void> {
  const known = findWeights(name)
  const { sha256, official } = await readNetworkWeights(known, file)
  const path = await keepWeights(name, file)
  show(flags, known, { path, sha256, official })
}

export interface FetchWeightsFlags extends OutputFlags {
  readonly url?: string
  readonly sha256?: string
}

/** `gantry weights fetch`: the official file, or a mirror's; resumed where an earlier attempt stopped. */
export async function fetchWeights(name: string, flags: FetchWeightsFlags): Promise<void> {
  const known = findWeights(name)
  const [official] = known.files
  const { url = official.url, sha256 = official.sha256 } = flags
  if (!/^[0-9a-f]{64}$/i.test(sha256)) {
    throw new ConfigurationError({
      code: 'OPTION_INVALID',
      message: `--sha256 is 64 hexadecimal digits, not '${sha256}'.`,
    })
  }
  if (!URL.canParse(url)) {
    throw new ConfigurationError({ code: 'OPTION_INVALID', message: `--url is an address, not '${url}'.` })
  }
  note(`${known.about} (${known.licence}) from ${url}`)
  const { bytes, fetched } = await interruptible(async (signal) => {
    const progress = await createWorkProgress()
    const onProgress = (done: number, total: number | undefined) => {
      reportBytes(progress.report, done, total, known.name)
    }
    return arrive(known, { url, sha256, signal, onProgress }).finally(() => progress.stop())
  }, 'Stopping: what has arrived is kept.')
  const { official: isOfficial } = await readNetworkWeights(known, weightsPath(name))
  show(flags, known, { path: weightsPath(name), sha256, official: isOfficial, bytes, fetched })
}

interface Arrival {
  readonly url: string
  readonly sha256: string
  readonly signal: AbortSignal
  readonly onProgress: (done: number, total: number | undefined) => void
}

/** A file gets the name under which it is looked for only when its tensors are those of the network. */
async function arrive(known: KnownWeights, { url, ...options }: Arrival): Promise<Download> {
  const path = weightsPath(known.name)
  if (hasWeights(known.name)) {
    try {
      return await download(url, { ...options, path })
    } catch (error) {
      if (!GantryError.isInstance(error) || error.code !== 'FILE_CORRUPT') throw error
      throw new ConfigurationError({
        code: 'WEIGHTS_PRESENT',
        message: `There are other weights already: ${error.message}`,
        cause: error,
      })
    }
  }
  const arriving = `${path}.new`
  const result = await download(url, { ...options, path: arriving })
  try {
    await readNetworkWeights(known, arriving)
  } catch (error) {
    await rm(arriving, { force: true })
    throw error
  }
  await rename(arriving, path)
  return result
}

interface Kept {
  readonly path: string
  readonly sha256: string
  readonly official: boolean
}

function show(flags: OutputFlags, { name, about, licence }: KnownWeights, kept: Kept & Partial<Download>): void {
  present(flags, { name, ...kept, licence }, [
    `${name} is there: ${about}.`,
    ...table([
      ['file', kept.path],
      ['SHA-256', `${kept.sha256} (${kept.official ? 'as published' : 'not a published file; its tensors fit'})`],
      ['licence', licence],
    ]),
  ])
}
