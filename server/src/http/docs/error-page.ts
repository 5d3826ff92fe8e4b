import { z } from 'zod'
import { AppError, CATALOGUE, describeFix, isErrorCode, type Remedy } from '../../kernel/errors.ts'
import { renderResultPage, RESULT_PAGE_POLICY } from '../oauth/result-page.ts'
import { anyone } from '../permit.ts'
import { otherRoute } from '../route.ts'
import { TEXTS } from '../texts.ts'

const WHO: Readonly<Record<Remedy, string>> = {
  wait: TEXTS.whoWait,
  'sign-in': TEXTS.whoSignIn,
  admin: TEXTS.whoAdmin,
  bug: TEXTS.whoBug,
}

/** The address in `type` of each problem (RFC 9457 §3.1.1). The texts are those of `docs/errors.md`. */
export const getErrorPage = () =>
  otherRoute({
    at: 'GET /docs/errors/:code',
    summary: 'Explains an error code, as a page: the `type` of a problem leads here.',
    authenticate: 'nobody',
    permit: anyone,
    validate: { params: z.object({ code: z.string().max(100) }) },
    act: async ({ params: { code } }) => {
      if (!isErrorCode(code)) throw new AppError('http.not_found')
      const { title, remedy, status } = CATALOGUE[code]
      return renderResultPage({
        title,
        sentence: describeFix(code),
        facts: [
          [TEXTS.code, code],
          [TEXTS.httpStatusName, String(status)],
          [TEXTS.whoCanFix, WHO[remedy]],
        ],
        next: [],
      })
    },
    present: {
      status: 200,
      contentType: 'text/html',
      send: (page, reply) =>
        reply.type('text/html; charset=utf-8').header('content-security-policy', RESULT_PAGE_POLICY).send(page),
    },
  })
