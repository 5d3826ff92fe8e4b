import { describe, expect, it } from 'vitest'
import { ERROR_MAP } from '../server/src/error-map/index.ts'
import { AppError, CATALOGUE, errorOfMicrosoft, type ErrorCode } from '../server/src/kernel/errors.ts'

const WAITS = /\b(?:messages|mail)(?: to be sent)? waits? in the outbox\b|\bsends nothing twice\b/i
const SENT_BY_A_PERSON = /\bsend (?:it|the message) again\b|\bsend again\b|\bcan be sent again\b|\bSend a link\b/i

const codes = Object.keys(CATALOGUE) as ErrorCode[]
const effectOf = (code: ErrorCode) => CATALOGUE[code].submission
const waits = (code: ErrorCode) => effectOf(code) !== 'fail'
const fixOf = (code: ErrorCode) => CATALOGUE[code].fix

/** Met by reading, after sending or at the terminal only; the fix need not name messages to be sent. */
const NOT_WHILE_SENDING: readonly ErrorCode[] = [
  'transports.attachment_too_large',
  'transports.cursor_forgotten',
  'transports.no_sent_folder',
  'kernel.key_unknown',
  'kernel.key_not_lost',
]
const ofSending = codes.filter(
  (code) => !NOT_WHILE_SENDING.includes(code) && /^(?:transports\.(?!imap_)|mail\.)/.test(code),
)

describe('the fix of an error and its effect on a message to be sent', () => {
  it.each(codes)('agree: a fix says that mail waits only where it waits: %s', (code) => {
    if (WAITS.test(fixOf(code))) expect(effectOf(code)).not.toBe('fail')
  })

  it.each(codes)('agree: a fix asks to send again only where the message fails: %s', (code) => {
    // Messages whose outcome is unknown are decided by a person, too.
    if (SENT_BY_A_PERSON.test(fixOf(code))) expect(effectOf(code)).toBe('fail')
  })

  it.each(ofSending)('agree: the fix names the effect of %s', (code) => {
    expect(fixOf(code)).toMatch(waits(code) ? WAITS : SENT_BY_A_PERSON)
  })

  it.each(ERROR_MAP.map((entry) => [entry.codes.join(', '), entry] as const))(
    'agree in the words for %s of Microsoft',
    (_codes, { codes, where }) => {
      for (const code of codes.map((said) => errorOfMicrosoft(said)!)) {
        if (WAITS.test(where)) expect(effectOf(code)).not.toBe('fail')
        if (SENT_BY_A_PERSON.test(where)) expect(effectOf(code)).toBe('fail')
      }
    },
  )

  it('lets mail wait for everything that a person ends at the account', () => {
    const failing = codes.filter((code) => effectOf(code) === 'fail')
    expect(failing.filter((code) => new AppError(code).remedy === 'sign-in')).toEqual([])
  })
})
