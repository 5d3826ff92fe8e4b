import { open, type FileHandle } from 'node:fs/promises'

const MAX_BYTES = 1024 * 1024

/** Fields of an entry that contain no names and no mail. All others are left out. */
const FIELDS = [
  ...['level', 'time', 'room', 'msg', 'code', 'remedy', 'reqId', 'repeats', 'exitCode', 'dropped', 'reason', 'phase'],
  ...['waitingFor', 'task', 'applied', 'freeBytes', 'totalBytes', 'error', 'err'],
]
const FIELDS_OF_ERROR = ['type', 'code', 'message', 'stack', 'remedy', 'upstream', 'cause']

/**
 * The newest entries of a log file and of the one before it, with known fields only. Lines in another format are left
 * out, and counted in the last line.
 */
export async function readLogLines(file: string): Promise<string> {
  const newest = await readEnd(file, MAX_BYTES)
  const before = await readEnd(`${file}.1`, MAX_BYTES - newest.length).catch(() => '')
  const lines = `${before}${newest}`.split('\n').filter((line) => line !== '')
  const entries = lines.flatMap(entryIn)
  const left = lines.length - entries.length
  return [...entries, ...(left > 0 ? [{ omittedLines: left }] : [])]
    .map((entry) => `${JSON.stringify(entry)}\n`)
    .join('')
}

/** The end of a file from the first whole line on. */
async function readEnd(path: string, maxBytes: number): Promise<string> {
  if (maxBytes <= 0) return ''
  let handle: FileHandle | undefined
  try {
    handle = await open(path, 'r')
    const { size } = await handle.stat()
    const start = Math.max(0, size - maxBytes)
    const bytes = Buffer.alloc(size - start)
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, start)
    const text = bytes.toString('utf8', 0, bytesRead)
    return start === 0 ? text : text.slice(text.indexOf('\n') + 1)
  } finally {
    await handle?.close()
  }
}

function entryIn(line: string): object[] {
  try {
    const entry = JSON.parse(line) as unknown
    return isObject(entry) && 'level' in entry ? [kept(entry, FIELDS)] : []
  } catch {
    return []
  }
}

function kept(entry: Readonly<Record<string, unknown>>, fields: readonly string[]): object {
  return Object.fromEntries(
    Object.entries(entry).flatMap(([name, value]) => {
      if (!fields.includes(name)) return []
      return [[name, (name === 'err' || name === 'cause') && isObject(value) ? kept(value, FIELDS_OF_ERROR) : value]]
    }),
  )
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
