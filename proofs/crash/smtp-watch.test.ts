import { describe, expect, it } from 'vitest'
import { createSmtpWatch } from './smtp-watch.ts'

const MESSAGE = 'Message-ID: <one@postkey.example>\r\nSubject: Answer 00001\r\n\r\nIt is on its way.\r\n'

describe('the observer of SMTP', () => {
  const cases: [string, string[], string | undefined][] = [
    ['nothing was said', [], undefined],
    ['DATA was not answered yet', ['> DATA\r\n'], undefined],
    ['DATA was refused', ['> DATA\r\n', '< 452 later\r\n'], undefined],
    ['a part of the message was sent', ['> DATA\r\n', '< 354 go on\r\n', '> Message-ID: <one@postkey.exa'], undefined],
    ['all of it was sent but the dot', ['> DATA\r\n', '< 354 go on\r\n', `> ${MESSAGE}`], 'at-dot'],
    ['the dot was sent', ['> DATA\r\n', '< 354 go on\r\n', `> ${MESSAGE}`, '> .\r\n'], 'after-dot'],
    ['the dot came in pieces', ['> DATA\r\n', '< 354 go on\r\n', `> ${MESSAGE}`, '> .', '> \r\n'], 'after-dot'],
    ['it was answered', ['> DATA\r\n', '< 354 go on\r\n', `> ${MESSAGE}.\r\n`, '< 250 taken\r\n'], 'answered'],
    [
      'the client went on after the answer',
      ['> DATA\r\n', '< 354 go on\r\n', `> ${MESSAGE}.\r\n`, '< 250 taken\r\n', '> QUIT\r\n'],
      undefined,
    ],
  ]

  it.each(cases)('knows the stage of a message when %s', (_what, lines, stage) => {
    const watch = createSmtpWatch()
    play(watch.tap({ hold: () => undefined }), lines)

    expect(watch.broken.get('one@postkey.example')).toBe(stage)
  })

  it('recognizes a dot in the text', () => {
    const watch = createSmtpWatch()
    play(watch.tap({ hold: () => undefined }), ['> DATA\r\n', '< 354 go on\r\n', `> ${MESSAGE}..\r\n`, '> more\r\n'])

    expect(watch.broken.get('one@postkey.example')).toBe('at-dot')
  })

  it('assumes that a client has stored a response after a while', () => {
    let now = 0
    const watch = createSmtpWatch(() => now)
    const tap = watch.tap({ hold: () => undefined })
    for (const line of ['> DATA\r\n', '< 354 go on\r\n', `> ${MESSAGE}.\r\n`, '< 250 taken\r\n']) say(tap, line)
    now = 60_000
    tap.ended?.()

    expect(watch.broken.size).toBe(0)
  })

  it('holds back as many responses as requested', () => {
    const watch = createSmtpWatch()
    watch.holdAnswers(1)
    let held = 0
    for (let connection = 0; connection < 2; connection++) {
      const tap = watch.tap({ hold: () => held++ })
      for (const line of ['> DATA\r\n', '< 354 go on\r\n', `> ${MESSAGE}.\r\n`]) say(tap, line)
    }

    expect(held).toBe(1)
  })
})

type Tap = ReturnType<ReturnType<typeof createSmtpWatch>['tap']>

function play(tap: Tap, lines: readonly string[]): void {
  for (const line of lines) say(tap, line)
  tap.ended?.()
}

function say(tap: Tap, line: string): void {
  const bytes = Buffer.from(line.slice(2))
  if (line.startsWith('>')) tap.fromClient?.(bytes)
  else tap.fromServer?.(bytes)
}
