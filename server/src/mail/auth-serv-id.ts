/** Name under which a mail server reports sender checks (RFC 8601 §2.5). */
export const AUTH_SERV_ID = /^[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?$/i

/** Minimum share of the last messages that must name the same server. */
const NEARLY_ALL = 0.9
const FEWEST = 5
/** Maximum bytes of a header that are read. */
const MOST_HEADER_BYTES = 64 * 1024

/** Returns the server that received the message last: the name in the topmost Authentication-Results. */
export function outermostAuthServId(source: Uint8Array): string | undefined {
  const text = Buffer.from(source.subarray(0, MOST_HEADER_BYTES)).toString('latin1')
  const header = text.split(/\r?\n\r?\n/, 1)[0]!.replaceAll(/\r?\n[ \t]+/g, ' ')
  const value = /^authentication-results:(.*)$/im.exec(header)?.[1]
  const name = value?.split(';', 1)[0]!.trim().split(/[\s(]/, 1)[0]!.replaceAll('"', '')
  // Without a name, the field starts with a result, such as `spf=pass`.
  return name !== undefined && AUTH_SERV_ID.test(name) ? name.toLowerCase() : undefined
}

/** Returns the server that nearly all of these messages name; undefined when there are too few messages. */
export function commonAuthServId(sources: readonly Uint8Array[]): { name: string; count: number } | undefined {
  const counts = new Map<string, number>()
  for (const name of sources.map(outermostAuthServId)) if (name) counts.set(name, (counts.get(name) ?? 0) + 1)
  const [name, count] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? []
  if (name === undefined || count === undefined || sources.length < FEWEST) return undefined
  return count >= sources.length * NEARLY_ALL ? { name, count } : undefined
}
