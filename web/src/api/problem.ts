/**
 * Result of a failed request: a problem document of the server (RFC 9457) or a missing response. Every failure shown
 * uses this type, so title, fix and remedy are always present.
 */
import { words } from '../words/index.ts'
import { client } from './generated/client.gen.ts'
import type { Problem } from './generated/types.gen.ts'
import { noticeSignedOut } from './signed-out.ts'

export type { Problem }

/** Registers the interceptor. Call it once, before the first request. */
export function translateFailures(): void {
  client.interceptors.error.use((error, response) => {
    const problem = toProblem(error, response)
    noticeSignedOut(problem)
    return problem
  })
}

/** Turns other failures into a problem: no network, or a page from a proxy. */
export function toProblem(error: unknown, response?: Response): Problem {
  if (isProblem(error)) return error
  const answered = response !== undefined
  const { title, fix } = answered ? words.problems.unreadable : words.problems.offline
  return {
    type: 'about:blank',
    title,
    status: response?.status ?? 0,
    detail: title,
    code: answered ? 'web.unreadable_answer' : 'web.no_answer',
    remedy: 'wait',
    fix,
    traceId: '',
  }
}

export function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'remedy' in value && 'title' in value
}
