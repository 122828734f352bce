/** A table with what stands around it. */
export interface Section {
  readonly heading: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** Sentences below the table. */
  readonly notes?: readonly string[]
}

/** A Markdown table with aligned columns: it reads well on a terminal too. */
export function formatTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]!.length)))
  const line = (row: readonly string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`
  return [line(columns), rule, ...rows.map(line)].join('\n')
}

export function formatSection({ heading, columns, rows, notes = [] }: Section): string {
  const list = notes.map((note) => `- ${note}`).join('\n')
  return [`### ${heading}`, formatTable(columns, rows), ...(list === '' ? [] : [list])].join('\n\n')
}

const ABSENT = '–'

/** A number for a cell, with thousands separated. */
export const count = (value: number | undefined, digits = 0): string =>
  value === undefined
    ? ABSENT
    : value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })

/** Three significant digits: `2.06×`. */
export const times = (value: number | undefined): string =>
  value === undefined ? ABSENT : `${Number(value.toPrecision(3))}×`

/** A share in [0, 1] with so many significant digits: `63%`. */
export const percent = (value: number | undefined, digits = 2): string =>
  value === undefined ? ABSENT : `${Number((value * 100).toPrecision(digits))}%`

/** Milliseconds: small ones with a decimal. */
export const milliseconds = (value: number | undefined): string =>
  count(value, value !== undefined && value < 100 ? 1 : 0)
