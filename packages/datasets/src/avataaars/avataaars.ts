import { type Columns, labelColumn } from '../columns.ts'
import type { DatasetDefinition, OpenDatasetOptions } from '../dataset-definition.ts'
import { decodedSource } from '../images/decoded-source.ts'
import { drawingOptions, formatOf } from '../images/encoded-image-options.ts'
import { skipList } from '../images/skip-list.ts'
import { type OpenedDataset, openedDataset } from '../opened-dataset.ts'
import { ATTRIBUTES } from './avatar-attributes.ts'
import { avatarStyle } from './avatar-style.ts'
import { drawnAvatars } from './drawn-avatars.ts'

const COUNT = 20_000

/** Cartoon faces whose attributes are known: each is drawn at random from some 10¹² of them. */
export const avataaars: DatasetDefinition = {
  name: 'avataaars',
  description:
    '20,000 cartoon faces, 64×64 in colour, labelled by hair or hat (34), skin, hair colour, clothing, mouth, eyes …',
  gives: ['image', ...ATTRIBUTES],
  source:
    "npm packages '@dicebear/core' and '@dicebear/avataaars', version 9, after https://avataaars.com by Pablo Stanley",
  licence: 'free for personal and commercial use (Avataaars), MIT (DiceBear)',
  options: drawingOptions,
  open: (options) => openAvataaars(options),
}

/** For tests: other places, fewer faces. */
interface AvatarPlaces {
  readonly from?: readonly string[]
  readonly count?: number
}

/** Draws the faces at the first opening of a size: about two minutes for 20,000 at 64 pixels. */
export async function openAvataaars(
  { strict, ...options }: OpenDatasetOptions,
  { from, count = COUNT }: AvatarPlaces = {},
): Promise<OpenedDataset> {
  const format = formatOf(options)
  const style = await avatarStyle(from)
  const side = typeof format.loadSize === 'number' ? format.loadSize : format.size
  const { sizes, labels, load } = await drawnAvatars({ style, count, side }, options)
  const columns: Columns = Object.fromEntries(
    style.attributes.map(({ name, names }, place) => [
      name,
      labelColumn(
        names,
        labels.map((own) => own[place]!),
      ),
    ]),
  )
  const { skipped, onSkip } = skipList(strict)
  const source = decodedSource(
    {
      size: count,
      columns,
      nameOf: (index) => `face ${index}`,
      load,
      signatureOf: (index) => `${index} ${sizes[index]}`,
    },
    { format, unusable: 'AVATARS_UNUSABLE', onSkip },
  )
  return openedDataset({ ...avataaars, skipped }, source)
}
