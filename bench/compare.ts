/** Figures of an earlier run, by part and name. */
export type EarlierFigures = ReadonlyMap<string, number>

interface Line {
  part: string
  name: string
  value: number
}

/** Reads the output of an earlier run; other lines than figures are ignored. */
export function readEarlier(text: string): EarlierFigures {
  const figures = text.split('\n').flatMap((line): Line[] => {
    if (!line.startsWith('{"part":')) return []
    const { part, name, value } = JSON.parse(line) as Line
    return typeof value === 'number' ? [{ part, name, value }] : []
  })
  return new Map(figures.map(({ part, name, value }) => [keyOf({ part, name }), value]))
}

/** Adds the earlier value and the ratio to it. A figure that the earlier run did not have stays alone. */
export function besideEarlier<T extends Line>(line: T, earlier: EarlierFigures): T & { earlier?: number } {
  const before = earlier.get(keyOf(line))
  if (before === undefined) return line
  const ratio = before === 0 ? undefined : Number((line.value / before).toPrecision(3))
  return { ...line, earlier: before, ...(ratio !== undefined && { ratioToEarlier: ratio }) }
}

function keyOf({ part, name }: Pick<Line, 'part' | 'name'>): string {
  return JSON.stringify([part, name])
}
