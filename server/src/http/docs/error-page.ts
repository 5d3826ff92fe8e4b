import { z } from 'zod'
import { AppError, CATALOGUE, describeFix, isErrorCode, whoCanFix } from '../../kernel/errors.ts'
import { renderResultPage, RESULT_PAGE_POLICY } from '../oauth/result-page.ts'
import { anyone } from '../permit.ts'
import { otherRoute } from '../route.ts'
import { TEXTS } from '../texts.ts'

/** The address in `type` of each problem (RFC 9457 §3.1.1). The texts are those of `docs/errors.md`. */
export const getErrorPage = () =>
  otherRoute({
    at: 'GET /docs/errors/:code',
    summary: 'Explains an error code, as a page: the `type` of a problem leads here.',
    authenticate: 'none',
    permit: anyone,
    validate: { params: z.object({ code: z.string().max(100) }) },
    act: async ({ params: { code } }) => {
      if (!isErrorCode(code)) throw new AppError('http.not_found')
      const entry = CATALOGUE[code]
      return renderResultPage({
        title: entry.title,
        sentence: describeFix(code),
        facts: [
          [TEXTS.code, code],
          [TEXTS.httpStatusName, String(entry.status)],
          [TEXTS.whoCanFix, whoCanFix(entry)],
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
