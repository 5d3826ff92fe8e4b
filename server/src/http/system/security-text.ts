import { AppError } from '../../kernel/errors.ts'
import { anyone } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { otherRoute } from '../route.ts'

const PATH = '/.well-known/security.txt'
const DAY_MS = 24 * 60 * 60 * 1000
/** Less than a year, as RFC 9116 §2.5.5 recommends; the text is new with each request. */
const VALID_DAYS = 90

/** @see RFC 9116 */
export const getSecurityText = ({ clock, publicUrl, securityContact }: Rooms) =>
  otherRoute({
    at: `GET ${PATH}`,
    summary: 'Returns the contact for reports of vulnerabilities (RFC 9116), if one is configured.',
    authenticate: 'none',
    permit: anyone,
    validate: {},
    act: async () => {
      if (securityContact === undefined) throw new AppError('http.not_found')
      const expires = new Date(clock.now().getTime() + VALID_DAYS * DAY_MS)
      return [
        `Contact: ${securityContact}`,
        `Expires: ${expires.toISOString()}`,
        'Preferred-Languages: en',
        `Canonical: ${new URL(PATH, publicUrl).href}`,
        '',
      ].join('\n')
    },
    present: {
      status: 200,
      contentType: 'text/plain',
      send: (text, reply) => reply.type('text/plain; charset=utf-8').send(text),
    },
  })
