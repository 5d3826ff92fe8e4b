import { describe, expect, it } from 'vitest'
import { ERROR_MAP } from '../server/src/error-map/index.ts'
import { AppError, CATALOGUE, errorOfMicrosoft, type ErrorCode } from '../server/src/kernel/errors.ts'

const WAITS = /\b(?:messages|mail)(?: to be sent)? waits? in the outbox\b|\bsends nothing twice\b/i
const SENT_BY_A_PERSON = /\bsend (?:it|the message) again\b|\bsend again\b|\bcan be sent again\b|\bSend a link\b/i

const codes = Object.keys(CATALOGUE) as ErrorCode[]
const effectOf = (code: ErrorCode) => CATALOGUE[code].submission
const waits = (code: ErrorCode) => effectOf(code) !== 'fail'
const fixOf = (code: ErrorCode) => CATALOGUE[code].fix

/** Codes that occur only while reading, during setup or after sending. Their fix need not mention queued messages. */
const NOT_WHILE_SENDING: readonly ErrorCode[] = [
  'transports.attachment_too_large',
  'transports.cursor_forgotten',
  'transports.no_sent_folder',
  'transports.target_folder_gone',
  'tokens.grant_not_found',
  'cloud_providers.not_found',
  'cloud_providers.cloud_unknown',
  'cloud_providers.redirect_uri_unregistered',
  'cloud_providers.redirect_uri_untold',
  'cloud_providers.reads_other_mailboxes',
  'cloud_providers.tenant_mismatch',
]
/** Codes of sending by Graph or SMTP and of the sign-in before it. */
const ofSending = codes.filter((code) => {
  if (NOT_WHILE_SENDING.includes(code)) return false
  const { stage } = CATALOGUE[code]
  return /^(?:transports\.(?!imap_)|mail\.)/.test(code) || stage === 'sign-in'
})

describe('the fix of an error and its effect on a submission', () => {
  it.each(codes)('agree: submissions wait if the fix says that mail waits: %s', (code) => {
    if (WAITS.test(fixOf(code))) expect(effectOf(code)).not.toBe('fail')
  })

  it.each(codes)('agree: submissions fail if the fix asks to send again: %s', (code) => {
    // Messages with an unknown outcome also require a decision by a user.
    if (SENT_BY_A_PERSON.test(fixOf(code))) expect(effectOf(code)).toBe('fail')
  })

  it.each(ofSending)('agree: the fix names the effect of %s', (code) => {
    expect(fixOf(code)).toMatch(waits(code) ? WAITS : SENT_BY_A_PERSON)
  })

  it.each(ERROR_MAP.map((entry) => [entry.codes.join(', '), entry] as const))(
    "agree in the explanation of Microsoft's code %s",
    (_codes, { codes, where }) => {
      for (const code of codes.map((said) => errorOfMicrosoft(said)!)) {
        if (WAITS.test(where)) expect(effectOf(code)).not.toBe('fail')
        if (SENT_BY_A_PERSON.test(where)) expect(effectOf(code)).toBe('fail')
      }
    },
  )

  it('let mail wait for every error that a new sign-in fixes', () => {
    const failing = codes.filter((code) => effectOf(code) === 'fail')
    expect(failing.filter((code) => new AppError(code).remedy === 'sign-in')).toEqual([])
  })
})
