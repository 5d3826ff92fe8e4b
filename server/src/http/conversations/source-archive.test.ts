import { buffer } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { AppError } from '../../kernel/errors.ts'
import { archiveSources } from './source-archive.ts'
import { readZip } from '../../../test/kit/read-zip.ts'

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
  return readZip(await buffer(await archiveSources(messages, open, { mostBytes, isCut })))
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
