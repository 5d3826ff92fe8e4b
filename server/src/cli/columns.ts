import { toShownText } from '../kernel/shown-text.ts'

/** A table with aligned columns. The first row has the headings. */
export function inColumns(rows: readonly (readonly string[])[]): string {
  const shown = rows.map((row) => row.map(toShownText))
  const widths = shown[0]!.map((_, column) => Math.max(...shown.map((row) => row[column]!.length)))
  return shown
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** One line per field. Fields without a value are left out. */
export function inFields(fields: readonly (readonly [label: string, value: string | undefined])[]): string {
  const present = fields.filter((field): field is [string, string] => field[1] !== undefined)
  const width = Math.max(...present.map(([label]) => label.length))
  return present.map(([label, value]) => `${label.padEnd(width)}  ${toShownText(value)}`).join('\n')
}
