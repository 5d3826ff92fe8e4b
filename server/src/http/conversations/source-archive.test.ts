import { buffer } from 'node:stream/consumers'
import { inflateRawSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { AppError } from '../../kernel/errors.ts'
import { archiveSources } from './source-archive.ts'

const message = (subject: string, source: string | AppError) => ({
  ...{ subject, source, receivedAt: new Date('2026-07-01T12:00:00Z') },
  from: { name: 'Kim', address: 'kim@customer.example' },
})
type Message = ReturnType<typeof message>
const GONE = new AppError('conversations.source_gone')
const opened: string[] = []
const limits = { mostBytes: 1000, isCut: false }

async function open({ subject, source }: Message): Promise<AsyncIterable<Uint8Array>> {
  opened.push(subject)
  if (typeof source !== 'string') throw source
  return (async function* () {
    for (const letter of source) yield Buffer.from(letter)
    if (source === 'broken') throw new AppError('transports.unavailable')
  })()
}

async function read(messages: readonly Message[], mostBytes = 1000, isCut = false): Promise<Record<string, string>> {
  opened.length = 0
  return entriesOf(await buffer(await archiveSources(messages, open, { mostBytes, isCut })))
}

it('holds the sources in their order, under safe and different names', async () => {
  const entries = await read([message('Lamp', 'one'), message('../Lamp: "red"', 'two'), message('', 'three')])
  expect(entries).toEqual({
    '001 2026-07-01 Kim - Lamp.eml': 'one',
    '002 2026-07-01 Kim - ..-Lamp_ _red_.eml': 'two',
    '003 2026-07-01 Kim - (no subject).eml': 'three',
  })
})

it('names the messages that no longer exist, and those beyond its limit, which it does not open', async () => {
  const messages = [message('Gone', GONE), message('A', 'four'), message('B', 'five'), message('C', 'six')]
  const { 'Missing messages.txt': missing, ...entries } = await read(messages, 5)
  expect(Object.values(entries)).toEqual(['four', 'five'])
  expect(missing).toContain('001 2026-07-01 Kim - Gone.eml\r\n004 2026-07-01 Kim - C.eml')
  expect(opened).toEqual(['Gone', 'A', 'B'])
})

it('reports that older messages are left out', async () => {
  const { 'Missing messages.txt': missing } = await read([message('A', 'one')], 1000, true)
  expect(missing).toBe('Only the newest messages of the conversation are in this file.\r\n')
  expect((await read([message('A', GONE), message('B', 'one')], 1000, true))['Missing messages.txt']).toMatch(
    /^Only the newest .*\r\n\r\nThese messages .*\r\n\r\n001 2026-07-01 Kim - A.eml\r\n$/s,
  )
  expect(await read([message('A', 'one')])).not.toHaveProperty('Missing messages.txt')
})

it('is refused when the first source fails or none exists, and cut when a later one fails', async () => {
  const unreachable = new AppError('transports.unavailable')
  await expect(archiveSources([message('A', unreachable)], open, limits)).rejects.toBe(unreachable)
  await expect(archiveSources([message('A', GONE)], open, limits)).rejects.toMatchObject({ code: GONE.code })
  for (const later of [message('B', unreachable), message('B', 'broken')]) {
    await expect(read([message('A', 'one'), later])).rejects.toMatchObject({ code: 'transports.unavailable' })
  }
})

/** Reads a ZIP file by its central directory (APPNOTE 4.3.12, 4.3.16). */
function entriesOf(zip: Buffer): Record<string, string> {
  const end = zip.lastIndexOf(Buffer.from('504b0506', 'hex'))
  const entries: Record<string, string> = {}
  let at = zip.readUInt32LE(end + 16)
  for (let count = zip.readUInt16LE(end + 10); count > 0; count--) {
    const [method, size, nameLength, extra, comment] = [
      ...[zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20), zip.readUInt16LE(at + 28)],
      ...[zip.readUInt16LE(at + 30), zip.readUInt16LE(at + 32)],
    ] as [number, number, number, number, number]
    const local = zip.readUInt32LE(at + 42)
    const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
    const packed = zip.subarray(from, from + size)
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength)
    entries[name] = (method === 8 ? inflateRawSync(packed) : packed).toString()
    at += 46 + nameLength + extra + comment
  }
  return entries
}
