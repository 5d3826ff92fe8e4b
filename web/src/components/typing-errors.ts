import type { Problem } from '../api/problem.ts'

const TYPING_ERRORS: ReadonlySet<Problem['code']> = new Set<Problem['code']>([
  'people.wrong_password',
  'people.current_password_wrong',
  'people.wrong_code',
  'people.code_missing',
  'people.password_refused',
  'people.password_common',
  'people.password_personal',
])

/** True for a wrong entry, which the person who made it corrects: no admin is needed. */
export function isTypingError({ code }: Pick<Problem, 'code'>): boolean {
  return TYPING_ERRORS.has(code)
}
