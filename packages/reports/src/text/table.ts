/** Rows with aligned columns, indented. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>((widest, row) => {
    return row.map((cell, column) => Math.max(widest[column] ?? 0, cell.length))
  }, [])
  return rows.map((row) => {
    const cells = row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]!)))
    return `  ${cells.join('  ')}`
  })
}
