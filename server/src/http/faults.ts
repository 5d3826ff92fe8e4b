import type { ZodFastifySchemaValidationError } from 'fastify-type-provider-zod'
import { fillText } from '../kernel/errors.ts'
import { TEXTS } from './texts.ts'

/** An invalid field of the request: its name, the expected value, and the fix. */
export interface Fault {
  field: string
  expected: string
  fix: string
}

const MOST_FAULTS = 20

/**
 * Converts validation issues into faults. `part` is Fastify's name for the part of the request: body, params,
 * querystring, headers.
 */
export function toFaults(issues: readonly ZodFastifySchemaValidationError[], part: string): Fault[] {
  return issues.slice(0, MOST_FAULTS).map((issue) => {
    const path = issue.instancePath.split('/').filter((step) => step !== '')
    const field = [part === 'querystring' ? 'query' : part, ...path].join('.')
    return { field, ...wordsFor(issue.keyword, issue.params, issue.message ?? '', field) }
  })
}

/** Details of a zod issue besides its code. */
interface Issue {
  expected?: string
  format?: string
  pattern?: string
  minimum?: number | bigint
  maximum?: number | bigint
  origin?: string
  values?: readonly unknown[]
  keys?: readonly string[]
}

const FORMATS: Readonly<Record<string, string>> = {
  email: TEXTS.email,
  uuid: TEXTS.uuid,
  datetime: TEXTS.datetime,
  url: TEXTS.url,
  base64: TEXTS.base64,
}

/** Text for an issue. Zod's own message is the last resort, because it describes code instead of the request. */
function wordsFor(keyword: string, issue: Issue, message: string, field: string): Omit<Fault, 'field'> {
  switch (keyword) {
    case 'invalid_type':
      return { expected: article(issue.expected ?? 'value'), fix: fillText(TEXTS.useType, { field }) }
    case 'too_small':
      return {
        expected: fillText(TEXTS.atLeast, { size: size(issue.minimum, issue.origin) }),
        fix: fillText(hasLength(issue) ? TEXTS.makeLonger : TEXTS.increase, { field }),
      }
    case 'too_big':
      return {
        expected: fillText(TEXTS.atMost, { size: size(issue.maximum, issue.origin) }),
        fix: fillText(hasLength(issue) ? TEXTS.makeShorter : TEXTS.reduce, { field }),
      }
    case 'invalid_format': {
      const expected = FORMATS[issue.format ?? ''] ?? (message || TEXTS.otherFormat)
      return { expected, fix: fillText(TEXTS.correct, { field }) }
    }
    case 'invalid_value':
      return {
        expected: fillText(TEXTS.oneOf, {
          values: (issue.values ?? []).map((each) => JSON.stringify(each)).join(', '),
        }),
        fix: fillText(TEXTS.useOneOf, { field }),
      }
    case 'unrecognized_keys':
      return {
        expected: fillText(TEXTS.noField, { names: (issue.keys ?? []).join(', ') }),
        fix: TEXTS.removeField,
      }
    default:
      return { expected: message || TEXTS.otherValue, fix: fillText(TEXTS.correct, { field }) }
  }
}

function hasLength({ origin }: Issue): boolean {
  return origin === 'string' || origin === 'array'
}

function article(kind: string): string {
  return fillText(TEXTS.ofType, { article: /^[aeiou]/.test(kind) ? 'an' : 'a', type: kind })
}

function size(bound: number | bigint | undefined, origin: string | undefined): string {
  const count = String(bound ?? 0)
  if (origin === 'string') return fillText(TEXTS.characters, { count })
  return origin === 'array' ? fillText(TEXTS.entries, { count }) : count
}
