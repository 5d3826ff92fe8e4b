import { open, type FileHandle } from 'node:fs/promises'
import type { Hiding } from './redact.ts'

const MAX_BYTES = 1024 * 1024

/** Fields of an entry that contain no mail. All others are left out. */
const FIELDS = [
  ...['level', 'time', 'room', 'msg', 'code', 'remedy', 'reqId', 'repeats', 'exitCode', 'dropped', 'reason', 'phase'],
  ...['waitingFor', 'task', 'applied', 'freeBytes', 'totalBytes', 'error', 'err'],
]
/** Fields of an object in an entry, by its name. */
const FIELDS_OF_ERROR = ['type', 'code', 'message', 'stack', 'remedy', 'upstream', 'cause']
const FIELDS_OF: Readonly<Record<string, readonly string[]>> = {
  err: FIELDS_OF_ERROR,
  error: FIELDS_OF_ERROR,
  cause: FIELDS_OF_ERROR,
  upstream: ['status', 'error', 'suberror', 'errorCodes', 'code', 'correlationId', 'requestId'],
}
/** Texts of other programs. Their names can be replaced only if they are known. */
const FOREIGN = ['message', 'reason', 'error', 'err', 'cause']
const IDENTIFIERS = ['time', 'room', 'code', 'remedy', 'type', 'reqId']

/**
 * The newest entries of a log file and of the one before it, with known fields only. Lines in another format are left
 * out, and counted in the last line.
 */
export async function readLogLines(file: string, hiding: Hiding): Promise<string> {
  const newest = await readEnd(file, MAX_BYTES)
  const before = await readEnd(`${file}.1`, MAX_BYTES - newest.length).catch(() => '')
  const lines = `${before}${newest}`.split('\n').filter((line) => line !== '')
  const entries = lines.flatMap((line) => entryIn(line, hiding))
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

function entryIn(line: string, hiding: Hiding): object[] {
  try {
    const entry = JSON.parse(line) as unknown
    return isObject(entry) && 'level' in entry ? [kept(entry, FIELDS, hiding)] : []
  } catch {
    return []
  }
}

function kept(entry: Readonly<Record<string, unknown>>, fields: readonly string[], hiding: Hiding): object {
  const values = Object.entries(entry).flatMap(([name, value]): [string, unknown][] =>
    fields.includes(name) ? [[name, keptValue(name, value, hiding)]] : [],
  )
  // JSON leaves out what is undefined.
  return Object.fromEntries(values)
}

function keptValue(name: string, value: unknown, hiding: Hiding): unknown {
  if (Array.isArray(value)) return value.map((each: unknown) => keptValue(name, each, hiding))
  if (isObject(value)) {
    const fields = FIELDS_OF[name]
    return fields && !(name === 'upstream' && !hiding.knowsNames) ? kept(value, fields, hiding) : undefined
  }
  if (typeof value !== 'string') return value
  if (name === 'stack') return framesOf(value)
  if (IDENTIFIERS.includes(name)) return value
  return !hiding.knowsNames && FOREIGN.includes(name) ? undefined : hiding.hide(value)
}

/** A stack without the message at its start, and without the user of a home folder. */
function framesOf(stack: string): string {
  const frames = stack.split('\n').filter((line) => /^ +at /.test(line))
  return frames.join('\n').replaceAll(/(?<=\/home\/)[^/\s]+/g, '[user]')
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
