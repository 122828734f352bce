import type { KnownWeights } from '@gantry/metrics'
import { table } from '@gantry/reports/text'
import type { FetchedWeights, FetchWeightsOptions } from '@gantry/runs'
import { Command } from 'commander'
import { interruptible } from '../interrupt.ts'
import { note, type OutputFlags, present } from '../output.ts'
import { createWorkProgress, reportBytes } from '../work-progress.ts'

export function weightsCommand(): Command {
  const listing = new Command('list')
    .description('list the weights that extractors can use, and which of them are here')
    .action(list)
  const add = new Command('add')
    .argument('<name>')
    .argument('<file>')
    .description('check a file of weights (.pth, .safetensors or .npz) and keep it')
    .action(addWeights)
  const fetch = new Command('fetch')
    .argument('<name>')
    .description('download the published file, go on where an earlier attempt stopped, check it and keep it')
    .option('--url <address>', 'a mirror of it')
    .option('--sha256 <digits>', 'SHA-256 of what the mirror holds, where that is a conversion')
    .action(fetchWeights)
  return new Command('weights')
    .description('pretrained weights of extractors: list them, add a file, or fetch it from its authors')
    .addCommand(listing)
    .addCommand(add)
    .addCommand(fetch)
}

/** `gantry weights list`: what extractors can use, where it comes from, and what is here. */
async function list(flags: OutputFlags): Promise<void> {
  const { listWeights } = await import('@gantry/runs')
  const weights = listWeights()
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
async function addWeights(name: string, file: string, flags: OutputFlags): Promise<void> {
  const { findWeights, keepWeights, readNetworkWeights } = await import('@gantry/runs')
  const known = findWeights(name)
  const { sha256, official } = await readNetworkWeights(known, file)
  show(flags, known, { path: await keepWeights(name, file), sha256, official })
}

type FetchFlags = OutputFlags & Pick<FetchWeightsOptions, 'url' | 'sha256'>

/** `gantry weights fetch`: the official file, or a mirror's; resumed where an earlier attempt stopped. */
async function fetchWeights(name: string, { url, sha256, ...flags }: FetchFlags): Promise<void> {
  const { downloadWeights, findWeights } = await import('@gantry/runs')
  const known = findWeights(name)
  note(`${known.about} (${known.licence}) from ${url ?? known.files[0].url}`)
  const fetched = await interruptible(async (signal) => {
    const progress = await createWorkProgress()
    const onProgress = (done: number, total: number | undefined) => {
      reportBytes(progress.report, done, total, known.name)
    }
    const options = { signal, onProgress, ...(url !== undefined && { url }), ...(sha256 !== undefined && { sha256 }) }
    return downloadWeights(name, options).finally(() => progress.stop())
  }, 'Stopping: what has arrived is kept.')
  show(flags, known, fetched)
}

type Kept = Pick<FetchedWeights, 'path' | 'sha256' | 'official'>

function show(flags: OutputFlags, { name, about, licence }: KnownWeights, kept: Kept): void {
  present(flags, { name, ...kept, licence }, [
    `${name} is there: ${about}.`,
    ...table([
      ['file', kept.path],
      ['SHA-256', `${kept.sha256} (${kept.official ? 'as published' : 'not a published file; its tensors fit'})`],
      ['licence', licence],
    ]),
  ])
}
