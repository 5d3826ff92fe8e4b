import type { Problem } from '../api/problem.ts'

type Fault = NonNullable<Problem['faults']>[number]

interface FailureDetail {
  /** Undefined when title and fix already say it. */
  detail: string | undefined
  faults: Fault[]
}

/**
 * Returns the detail of a failure and the faults to list. With faults, the detail of the API only repeats them. A fault
 * with the fix of the failure is the failure itself: its field, such as `body.code`, means nothing to a person.
 */
export function failureDetail({ title, detail, fix, faults = [] }: Problem): FailureDetail {
  const own = faults.find((fault) => fault.fix === fix)
  const text = faults.length === 0 ? detail : own?.expected
  const isNew = text !== undefined && text !== '' && text !== title && text !== fix
  return { detail: isNew ? text : undefined, faults: faults.filter((fault) => fault !== own) }
}
