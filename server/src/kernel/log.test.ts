import { describe, expect, it } from 'vitest'
import { AppError } from './errors.ts'
import { createLog } from './log.ts'
import { Secret } from './secret.ts'

describe('the log', () => {
  it.each<[string, object]>([
    ['a secret of ours', { token: new Secret('topsecret') }],
    ['a header', { headers: { authorization: 'Bearer topsecret', cookie: 'topsecret' } }],
    ['an answer of the token endpoint', { answer: { refresh_token: 'topsecret', access_token: 'topsecret' } }],
    ['a request deep in an object', { a: { b: { c: { client_secret: 'topsecret' } } } }],
    ['what a library hangs on its error', { err: Object.assign(new Error('no'), { config: { data: 'topsecret' } }) }],
    ['the row in an error of PostgreSQL', { err: Object.assign(new Error('no'), { detail: 'Key (topsecret)' }) }],
    // Such as the answer of a mail server with the address of a recipient.
    ['the detail of an error', { err: new AppError('kernel.unexpected', { detail: 'topsecret' }) }],
    [
      'the cause of a cause',
      { err: new AppError('kernel.unexpected', { cause: Object.assign(new Error('a'), { detail: 'topsecret' }) }) },
    ],
    ['what was thrown and is no error', { err: { secret: 'topsecret', also: 'topsecret' } }],
  ])("doesn't print %s", (_what, object) => {
    expect(logged(object)).not.toContain('topsecret')
  })

  it('shows the title, remedy, upstream response and cause of an error', () => {
    const error = new AppError('kernel.unexpected', {
      cause: new RangeError('too far'),
      upstream: { error: 'invalid_grant' },
    })

    expect(JSON.parse(logged({ err: error }))).toMatchObject({
      err: {
        type: 'AppError',
        code: 'kernel.unexpected',
        remedy: 'bug',
        upstream: { error: 'invalid_grant' },
        cause: { type: 'RangeError', message: 'too far' },
      },
    })
  })
})

function logged(object: object): string {
  let text = ''
  const log = createLog({
    destination: {
      write: (line) => {
        text += line
      },
    },
  })
  log.info(object, 'Something')
  return text
}
