import { readdirSync, readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { bodyText, type MessageBody } from '../mail/index.ts'
import { createParser, type Parser } from './index.ts'

const MISBEHAVING = new URL('../../test/mime/misbehaving-thread.ts', import.meta.url)
let parser: Parser

afterEach(() => parser.close())

function message(subject: string, deed = 'none'): Buffer {
  return Buffer.from(`From: kim@customer.example\r\nSubject: ${subject}\r\nX-Deed: ${deed}\r\n\r\nHello ${subject}\r\n`)
}

it('the parser reads messages on its threads and returns each result to its caller', async () => {
  parser = createParser({ threads: 2 })
  const read = await Promise.all(Array.from({ length: 30 }, (_, n) => parser.parse(message(`n${n}`))))
  expect(read.map(({ subject, body }) => `${subject} ${body.content.trim()}`)).toEqual(
    read.map((_, n) => `n${n} Hello n${n}`),
  )
})

it("the parser rejects a source that isn't bytes, and continues", async () => {
  parser = createParser({ threads: 1 })
  await expect(parser.parse(false as never)).rejects.toThrow(TypeError)
  expect((await parser.parse(message('after'))).subject).toBe('after')
})

it('the parser extracts the text of HTML on its threads, off the main thread', async () => {
  parser = createParser({ threads: 1, thread: MISBEHAVING })
  const html = Buffer.from('X-Deed: other words\r\nContent-Type: text/html\r\n\r\n<p>Hello\r\n')
  expect(bodyText((await parser.parse(html)).body)).toBe('other words')
  await parser.close()

  parser = createParser({ threads: 1 })
  expect(bodyText((await parser.parse(html)).body)).toBe('Hello')
})

it('the parser extracts the text of a long body on a thread, and skips short bodies', async () => {
  parser = createParser({ threads: 1, thread: MISBEHAVING })
  const long: MessageBody = { type: 'html', content: `<p>${'Hello '.repeat(20_000)}` }
  const short: MessageBody = { type: 'html', content: '<p>Hello' }
  for (const body of [long, short]) await parser.readText(body)
  expect([long, short].map(bodyText)).toEqual(['other words', 'Hello'])
  await parser.close()

  parser = createParser({ threads: 1 })
  const same = { ...long }
  await parser.readText(same)
  expect(bodyText(same)).toBe('Hello '.repeat(20_000).trim())
})

it('the parser extracts the texts of many short bodies on threads, and skips a few', async () => {
  parser = createParser({ threads: 2, thread: MISBEHAVING })
  const bodies = (count: number) =>
    Array.from({ length: count }, (_, n): MessageBody => ({
      type: 'html',
      content: `<p>${n} ${'Hello '.repeat(2000)}`,
    }))
  const [page, few]: [MessageBody[], MessageBody[]] = [bodies(200), bodies(50)]
  await parser.readText(...page)
  await parser.readText(...few)
  expect(page.every((body) => bodyText(body) === 'other words')).toBe(true)
  expect(few.every((body) => bodyText(body).endsWith('Hello'))).toBe(true)
})

it('the parser ends an idle thread and starts one for the next message', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  parser = createParser({ threads: 1, idleMs: 400, thread: MISBEHAVING })
  const who = async () => (await parser.parse(message('who', 'say who'))).subject
  const [first, second] = [await who(), await who()]
  vi.advanceTimersByTime(400)

  expect(second).toBe(first)
  expect(await who()).not.toBe(first)
})

it('the parser starts a thread before the first message when it is warmed up', async () => {
  parser = createParser({ threads: 1, thread: MISBEHAVING })
  parser.warmUp()
  parser.warmUp()
  // Numbers of threads increase.
  const next = new Worker('', { eval: true }).threadId

  expect(Number((await parser.parse(message('who', 'say who'))).subject)).toBe(next - 1)
})

it.runIf(process.platform === 'linux')('the threads that parse give way to other work of the process', async () => {
  parser = createParser({ threads: 1 })
  await parser.parse(message('one'))

  const nice = readdirSync('/proc/self/task').map((thread) => {
    const [, fields] = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8').split(') ')
    return Number(fields!.split(' ')[16])
  })
  expect(nice).toContain(Math.min(getPriority() + 10, 19))
})

describe('parts of a message', () => {
  const photos = Array.from({ length: 12 }, (_, n) => Buffer.from(`photo ${n}`))
  const source = Buffer.from(
    [
      'Content-Type: multipart/related; boundary=x',
      '',
      ...photos.flatMap((photo) => [
        '--x',
        'Content-Type: image/png',
        'Content-Transfer-Encoding: base64',
        '',
        photo.toString('base64'),
      ]),
      '--x--',
      '',
    ].join('\r\n'),
  )

  it('load their source once and are returned decoded', async () => {
    parser = createParser({ threads: 2 })
    const load = vi.fn(() => Promise.resolve(source))
    const parts = await Promise.all(photos.map((_, n) => parser.part({ key: 'message 1', load }, String(n + 1))))

    expect(parts.map((part) => String(part && Buffer.from(part)))).toEqual(photos.map(String))
    expect(await parser.part({ key: 'message 1', load }, '13')).toBeUndefined()
    expect(load).toHaveBeenCalledTimes(1)
  })

  it('are not confused with those of another message', async () => {
    parser = createParser({ threads: 1 })
    await parser.part({ key: 'message 1', load: () => Promise.resolve(source) }, '1')
    const other = { key: 'message 2', load: () => Promise.resolve(Buffer.from('\r\nplain')) }
    expect(String(Buffer.from((await parser.part(other, '1'))!))).toBe('plain')
  })

  it('are loaded again after an error, and after the message was missing', async () => {
    parser = createParser({ threads: 1 })
    const load = vi.fn<() => Promise<Buffer | undefined>>().mockRejectedValueOnce(new Error('the line was cut'))
    load.mockResolvedValueOnce(undefined).mockResolvedValue(source)
    const part = () => parser.part({ key: 'message 1', load }, '1')
    await expect(part()).rejects.toThrow('the line was cut')
    expect(await part()).toBeUndefined()
    expect(await part()).toEqual(new Uint8Array(photos[0]!))
  })

  it('report a hanging thread', async () => {
    parser = createParser({ threads: 1, showTimeoutMs: 200, showThread: MISBEHAVING })
    const asked = parser.part({ key: 'message 1', load: () => Promise.resolve(message('bad', 'hang')) }, '1')
    await expect(asked).rejects.toMatchObject({ code: 'mime.attachment_unreadable' })
  })
})

it.each([
  ['hang', 'too_slow'],
  ['eat', 'too_much_memory'],
  ['throw', 'unreadable'],
  ['leave', 'unreadable'],
])(
  'the parser quarantines a message that makes a thread %s, and reads the messages beside it',
  async (deed, reason) => {
    // Only the hanging message exceeds its deadline, however slow the machine is.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    parser = createParser({ threads: 1, timeoutMs: 1500, memoryMb: 32, thread: MISBEHAVING })
    const subjects = ['one', 'two', 'bad', 'three', 'four']
    const asked = subjects.map((each) => parser.parse(message(each, each === 'bad' ? deed : 'none')))
    await Promise.all(asked.slice(0, 2))
    const outcome = { isKnown: false }
    void asked[2]!.then(() => (outcome.isKnown = true))
    // The clock passes faster than the thread can use its processor, so it is ended at its longest time.
    while (deed === 'hang' && !outcome.isKnown) {
      vi.advanceTimersByTime(500)
      await new Promise((resolve) => setImmediate(resolve))
    }
    const read = await Promise.all(asked)

    expect(read.map(({ quarantined }) => quarantined?.reason)).toEqual([
      undefined,
      undefined,
      reason,
      undefined,
      undefined,
    ])
    expect(read[2]).toMatchObject({
      subject: 'bad',
      from: { address: 'kim@customer.example' },
      body: { content: '' },
      marks: { quarantine: { reason } },
    })
    expect(read[4]?.body.content.trim()).toBe('Hello four')
  },
)

it('the parser continues when every second message kills its thread', async () => {
  parser = createParser({ threads: 2, thread: MISBEHAVING })
  const read = await Promise.all(
    Array.from({ length: 20 }, (_, n) => parser.parse(message(`n${n}`, n % 2 ? 'throw' : 'none'))),
  )
  expect(read.filter(({ quarantined }) => quarantined)).toHaveLength(10)
})

it('the parser answers every message when it is closed', async () => {
  parser = createParser({ threads: 1, thread: MISBEHAVING })
  const pending = [parser.parse(message('bad', 'hang')), parser.parse(message('behind'))]
  await parser.close()
  const late = parser.parse(message('late'))
  for (const { quarantined } of await Promise.all([...pending, late])) expect(quarantined?.reason).toBe('unreadable')
})
