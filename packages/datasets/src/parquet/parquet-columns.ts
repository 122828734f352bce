import { DataError } from '@gantry/core'
import { type FileMetaData, parquetSchema, type SchemaTree } from 'hyparquet'
import type { OpenDatasetOptions } from '../dataset-definition.ts'
import { columnMissing, flagOf } from '../shards/shard-errors.ts'

/** What the Hub's data sets call their columns. */
const IMAGE_COLUMNS = ['image', 'img']
const LABEL_COLUMNS = ['label', 'labels', 'fine_label']

export interface ParquetColumns {
  readonly image: string
  readonly label?: string
  /** Names of the classes, where the file tells them. */
  readonly classNames?: readonly string[]
}

/**
 * Chooses the columns of a file: those that the options name, else those with the usual names.
 *
 * An image is a struct of `bytes` and `path`, as Hugging Face's `datasets` stores its `Image`, or plain bytes.
 *
 * @throws DataError `COLUMN_MISSING`, `COLUMN_INVALID`
 */
export function chooseColumns(
  metadata: FileMetaData,
  name: string,
  { imageColumn, labelColumn }: Pick<OpenDatasetOptions, 'imageColumn' | 'labelColumn'>,
): ParquetColumns {
  const columns = parquetSchema(metadata).children
  const names = columns.map(({ element }) => element.name)
  const image = imageColumn ?? IMAGE_COLUMNS.find((each) => names.includes(each))
  const tree = columns.find(({ element }) => element.name === image)
  if (image === undefined || tree === undefined) {
    throw columnMissing(`'${name}'`, `column '${imageColumn ?? IMAGE_COLUMNS.join("' or '")}'`, names, 'imageColumn')
  }
  checkImageColumn(tree, name)
  if (labelColumn === false) return { image }
  const label = labelColumn ?? LABEL_COLUMNS.find((each) => names.includes(each))
  if (label === undefined) return { image }
  if (!names.includes(label)) throw columnMissing(`'${name}'`, `column '${label}'`, names, 'labelColumn')
  checkLabelColumn(columns.find(({ element }) => element.name === label)!, name)
  const classNames = readClassNames(metadata, label)
  return { image, label, ...(classNames && { classNames }) }
}

function checkImageColumn({ element, children }: SchemaTree, name: string): void {
  const bytes = children.length === 0 ? element : children.find((child) => child.element.name === 'bytes')?.element
  if (bytes?.type === 'BYTE_ARRAY' && bytes.converted_type !== 'UTF8') return
  const there = children.length === 0 ? element.type : `{${children.map((child) => child.element.name).join(', ')}}`
  throw new DataError({
    code: 'COLUMN_INVALID',
    message: `The column '${element.name}' of '${name}' holds ${bytes?.converted_type ?? there}, but images are bytes or {bytes, path}.`,
    fix: `Name another column with the option 'imageColumn' (${flagOf('imageColumn')}).`,
  })
}

/** One number or word a row: of several labels, none is the class. */
function checkLabelColumn({ element, children }: SchemaTree, name: string): void {
  if (children.length === 0 && element.repetition_type !== 'REPEATED') return
  throw new DataError({
    code: 'COLUMN_INVALID',
    message: `The column '${element.name}' of '${name}' holds {${children.map((child) => child.element.name).join(', ')}} in each row, but a label is a number or a word.`,
    fix: `Name another column with the option 'labelColumn' (${flagOf('labelColumn')}), or none with false.`,
  })
}

/** The names of a `ClassLabel`, from the features that `datasets` writes beside the table. */
function readClassNames(metadata: FileMetaData, label: string): string[] | undefined {
  const text = metadata.key_value_metadata?.find(({ key }) => key === 'huggingface')?.value
  if (text === undefined) return undefined
  try {
    const names = JSON.parse(text).info?.features?.[label]?.names
    return Array.isArray(names) ? names.map(String) : undefined
  } catch {
    // The note is not part of the table: without it, classes are called by their numbers.
    return undefined
  }
}
