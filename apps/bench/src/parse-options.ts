import { InvalidArgumentError } from 'commander'

export function parseCount(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Expected a whole number from 1.')
  return value
}

export const parseNames = (text: string): string[] => text.split(',').map((name) => name.trim())

/** Reads names of tables, each as the table. */
export function parserOfTables<Table extends { readonly name: string }>(
  tables: readonly Table[],
): (text: string) => Table[] {
  return (text) =>
    parseNames(text).map((name) => {
      const table = tables.find((each) => each.name === name)
      if (table !== undefined) return table
      throw new InvalidArgumentError(`The tables are ${tables.map((each) => each.name).join(', ')}.`)
    })
}
