import type { ZodFastifySchemaValidationError } from 'fastify-type-provider-zod'

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
  email: 'an email address, such as support@contoso.com',
  uuid: 'an ID returned by this API (UUID)',
  datetime: 'a time in ISO 8601 with zone, such as 2026-03-29T01:30:00Z',
  url: 'an absolute URL that starts with https://',
  base64: 'base64',
}

/** Text for an issue. Zod's own message is the last resort, because it describes code instead of the request. */
function wordsFor(keyword: string, issue: Issue, message: string, field: string): Omit<Fault, 'field'> {
  switch (keyword) {
    case 'invalid_type':
      return { expected: article(issue.expected ?? 'value'), fix: `Send ${field} with a value of this type.` }
    case 'too_small':
      return {
        expected: `at least ${size(issue.minimum, issue.origin)}`,
        fix: hasLength(issue) ? `Make ${field} longer.` : `Increase ${field}.`,
      }
    case 'too_big':
      return {
        expected: `at most ${size(issue.maximum, issue.origin)}`,
        fix: hasLength(issue) ? `Make ${field} shorter.` : `Reduce ${field}.`,
      }
    case 'invalid_format': {
      const expected = FORMATS[issue.format ?? ''] ?? (message || 'another format')
      return { expected, fix: `Correct ${field}.` }
    }
    case 'invalid_value':
      return {
        expected: `one of ${(issue.values ?? []).map((value) => JSON.stringify(value)).join(', ')}`,
        fix: `Use one of these values for ${field}.`,
      }
    case 'unrecognized_keys':
      return {
        expected: `no field ${(issue.keys ?? []).join(', ')}`,
        fix: 'Remove it, or look up its correct name in openapi.json.',
      }
    default:
      return { expected: message || 'another value', fix: `Correct ${field}.` }
  }
}

function hasLength({ origin }: Issue): boolean {
  return origin === 'string' || origin === 'array'
}

function article(kind: string): string {
  return `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`
}

function size(bound: number | bigint | undefined, origin: string | undefined): string {
  const unit = origin === 'string' ? ' characters' : origin === 'array' ? ' entries' : ''
  return `${bound ?? 0}${unit}`
}
