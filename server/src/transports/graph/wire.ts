/** Parses values from Graph. They are untrusted: a value of the wrong type counts as absent. */
export type Wire = Readonly<Record<string, unknown>>

export function asWire(value: unknown): Wire {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Wire) : {}
}

export function text(wire: Wire, name: string): string | undefined {
  const value = wire[name]
  return typeof value === 'string' ? value : undefined
}

export function count(wire: Wire, name: string): number {
  const value = wire[name]
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0
}

export function list(wire: Wire, name: string): readonly Wire[] {
  const value = wire[name]
  return Array.isArray(value) ? value.map(asWire) : []
}

/** Graph returns ISO 8601 in UTC. A year such as 0001, which means "no date", returns undefined. */
export function time(wire: Wire, name: string): Date | undefined {
  const value = text(wire, name)
  if (value === undefined) return undefined
  const date = new Date(value)
  return Number.isNaN(date.getTime()) || date.getUTCFullYear() < 1970 ? undefined : date
}
