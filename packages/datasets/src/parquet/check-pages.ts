import { type ColumnMetaData, type FileMetaData, parquetSchema, type SchemaTree } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { type ThriftFields, ThriftReader } from './thrift.ts'

/** What the pages of a column may unpack to in any case, and how many times their size beyond that; images are compressed already. */
const ALWAYS_FINE = 64 * 2 ** 20
const HIGHEST_RATIO = 100

const DATA_PAGE = 0
const DICTIONARY_PAGE = 2
const DATA_PAGE_V2 = 3

const PLAIN_DICTIONARY = 2
const RLE_DICTIONARY = 8

/** Values behind the last one that writers fill a run up with. */
const PADDING = 512

type RowGroup = FileMetaData['row_groups'][number]

/**
 * Checks the pages of a row group before they are decoded: that they lie one behind the other, have as many values as the group has
 * rows, unpack to what memory can hold, and repeat no value beyond their end. The decoder believes all of that, and would not come to
 * an end, or take all memory.
 *
 * @throws RangeError that says what is wrong
 */
export async function checkPages(
  file: { readonly byteLength: number; slice(start: number, end: number): ArrayBuffer | Promise<ArrayBuffer> },
  metadata: FileMetaData,
  group: RowGroup,
  columns: readonly string[],
): Promise<void> {
  const rows = Number(group.num_rows)
  // Every image takes more than a byte.
  if (!(rows >= 0 && rows <= file.byteLength))
    throw new RangeError(`a row group of ${rows} rows in ${file.byteLength} bytes`)
  const schema = parquetSchema(metadata)
  for (const { meta_data: column } of group.columns) {
    if (column === undefined || !columns.includes(column.path_in_schema[0] ?? '')) continue
    const start = Number(column.dictionary_page_offset || column.data_page_offset)
    const end = start + Number(column.total_compressed_size)
    if (!(start >= 0 && end >= start && end <= file.byteLength)) throw new RangeError('a column lies outside the file')
    const bytes = new Uint8Array(await file.slice(start, end))
    const values = checkColumn(bytes, column, optionalLevels(schema, column.path_in_schema), rows)
    if (values !== rows) throw new RangeError(`'${column.path_in_schema.join('.')}' has ${values} of ${rows} values`)
  }
}

/** How many of the parts of a path may be missing. */
function optionalLevels(schema: SchemaTree, path: readonly string[]): number {
  let [node, levels] = [schema, 0]
  for (const name of path) {
    const child = node.children.find(({ element }) => element.name === name)
    if (child === undefined) throw new RangeError(`the schema has no '${path.join('.')}'`)
    if (child.element.repetition_type === 'REPEATED') throw new RangeError(`'${path.join('.')}' is a list`)
    if (child.element.repetition_type !== 'REQUIRED') levels++
    node = child
  }
  return levels
}

/** @returns the values that the pages have */
function checkColumn(bytes: Uint8Array, column: ColumnMetaData, levels: number, rows: number): number {
  const reader = new ThriftReader(bytes)
  let [values, unpacked] = [0, 0]
  while (values < rows && reader.position < bytes.length - 1) {
    const header = reader.struct()
    const [type, size, packedSize] = [1, 2, 3].map((field) => wholeOf(header, field)) as [number, number, number]
    const end = reader.position + packedSize
    if (end > bytes.length) throw new RangeError('a page goes on behind its column')
    unpacked += size
    if (unpacked > ALWAYS_FINE + HIGHEST_RATIO * bytes.length) {
      throw new RangeError(`${bytes.length} bytes of a column unpack to more than ${unpacked}`)
    }
    const packed = bytes.subarray(reader.position, end)
    if (type === DICTIONARY_PAGE) {
      if (wholeOf(structOf(header, 7), 1) > size) throw new RangeError('a dictionary has more entries than bytes')
    } else if (type === DATA_PAGE || type === DATA_PAGE_V2) {
      const page = structOf(header, type === DATA_PAGE ? 5 : 8)
      const count = wholeOf(page, 1)
      values += count
      if (values > rows) throw new RangeError(`a column has more values than the ${rows} rows`)
      if (type === DATA_PAGE) checkPage(unpack(packed, size, column.codec), count, wholeOf(page, 2), levels)
      else checkPage2(packed, size, column.codec, count, page, levels)
    } else throw new RangeError(`a page of type ${type}`)
    reader.position = end
  }
  return values
}

function checkPage(page: Uint8Array, count: number, encoding: number, levels: number): void {
  let start = 0
  if (levels > 0) {
    const length = new DataView(page.buffer, page.byteOffset, page.byteLength).getUint32(0, true)
    checkRuns(page.subarray(4, 4 + length), bitsOf(levels), count)
    start = 4 + length
  }
  checkIndices(page.subarray(start), count, encoding)
}

/** Pages of version 2 have their levels before what is compressed. */
function checkPage2(
  bytes: Uint8Array,
  size: number,
  codec: ColumnMetaData['codec'],
  count: number,
  page: ThriftFields,
  levels: number,
): void {
  const [definitions, repetitions] = [wholeOf(page, 5), wholeOf(page, 6)]
  const values = bytes.subarray(definitions + repetitions)
  const unpackedSize = size - definitions - repetitions
  if (unpackedSize < 0 || wholeOf(page, 3) > count) throw new RangeError('a page has levels longer than itself')
  if (levels > 0) checkRuns(bytes.subarray(repetitions, repetitions + definitions), bitsOf(levels), count)
  const isPacked = page.get(7) !== false
  checkIndices(isPacked ? unpack(values, unpackedSize, codec) : values, count, wholeOf(page, 4))
}

function checkIndices(values: Uint8Array, count: number, encoding: number): void {
  if (encoding !== PLAIN_DICTIONARY && encoding !== RLE_DICTIONARY) return
  if (values.length > 0) checkRuns(values.subarray(1), values[0]!, count)
}

/** Runs of one value, and of values packed by bits. Ends with the bytes: how many values are missing, the levels say. */
function checkRuns(bytes: Uint8Array, width: number, count: number): void {
  if (width > 32) throw new RangeError(`indices of ${width} bits`)
  const reader = new ThriftReader(bytes)
  for (let seen = 0; seen < count && reader.position < bytes.length; ) {
    const header = reader.varint()
    const packed = header % 2 === 1
    const run = packed ? ((header - 1) / 2) * 8 : header / 2
    if (run > count - seen + PADDING) throw new RangeError(`a run of ${run} in a page of ${count} values`)
    seen += run
    reader.position += packed ? (run / 8) * width : Math.ceil(width / 8)
  }
}

const bitsOf = (levels: number) => Math.ceil(Math.log2(levels + 1))

function unpack(bytes: Uint8Array, size: number, codec: ColumnMetaData['codec']): Uint8Array {
  if (codec === 'UNCOMPRESSED' || size === 0) return bytes
  const decompress = compressors[codec]
  if (decompress === undefined)
    throw new RangeError(`the compression ${codec} is not known: save it with Snappy or Zstandard`)
  return decompress(bytes, size)
}

function wholeOf(fields: ThriftFields, field: number): number {
  const value = fields.get(field)
  if (typeof value === 'number' && value >= 0 && Number.isSafeInteger(value)) return value
  throw new RangeError(`the header of a page has ${value ?? 'nothing'} as its field ${field}`)
}

function structOf(fields: ThriftFields, field: number): ThriftFields {
  const value = fields.get(field)
  if (value instanceof Map) return value
  throw new RangeError(`the header of a page lacks its field ${field}`)
}
