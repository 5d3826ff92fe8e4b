import { toProblem } from '../api/problem.ts'

/** Error of one form field, if the failure names it; `field` as in the request. */
export function fieldFault(error: unknown, field: string): string | undefined {
  if (error == null) return undefined
  const fault = toProblem(error).faults?.find((one) => one.field === `body.${field}`)
  return fault && faultText(fault)
}

/** Expectation and fix; each is a sentence, with or without its full stop. */
export function faultText({ expected, fix }: { expected: string; fix: string }): string {
  return `${expected.replace(/\.$/, '')}. ${fix}`
}

/** Fix of a failure with one of these codes, to show at a field. */
export function fixOfCode(error: unknown, ...codes: string[]): string | undefined {
  if (error == null) return undefined
  const { code, title, fix } = toProblem(error)
  return codes.includes(code) ? `${title}. ${fix}` : undefined
}
