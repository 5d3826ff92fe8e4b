import type { ForwardedEntry } from './audit-target.ts'

/** Facility 13 (log audit), severity 5 (notice). */
const PRIORITY = 13 * 8 + 5
const LONGEST_HOST = 255
const LONGEST_MESSAGE_ID = 32

export interface SyslogOrigin {
  /** Name of this installation, the same for all of its servers. */
  host: string
  version: string
}

/**
 * Writes an entry as a syslog message with its length before it. The message is the JSON of the entry in ASCII, so that
 * it needs no byte order mark, which parsers of JSON refuse.
 *
 * @see RFC 5424 §6, RFC 6587 §3.4.1
 */
export function formatFrame(entry: ForwardedEntry, { host, version }: SyslogOrigin): string {
  const header = [
    `<${PRIORITY}>1`,
    entry.at.toISOString(),
    headerField(host, LONGEST_HOST),
    'postkey',
    '-',
    headerField(entry.action, LONGEST_MESSAGE_ID),
    `[origin software="Postkey" swVersion="${parameterValue(version)}"]`,
  ].join(' ')
  const message = `${header} ${toAscii(JSON.stringify(entry))}`
  return `${message.length} ${message}`
}

/** Visible ASCII without spaces; other characters become `?`. */
function headerField(text: string, longest: number): string {
  return text.replaceAll(/[^\x21-\x7e]/g, '?').slice(0, longest) || '-'
}

/** Value between quotes, with the three characters escaped that end it. */
function parameterValue(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').replaceAll(/["\\\]]/g, String.raw`\$&`)
}

/** The same JSON with other characters as `\u` escapes. JSON has them only in strings. */
function toAscii(json: string): string {
  return json.replaceAll(/[^\x20-\x7e]/g, (unit) => String.raw`\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
