import { toProblem } from '../../api/problem.ts'
import { fieldFault } from '../../components/field-fault.ts'
import { words } from '../../words/index.ts'

/** Entries of the field, separated by commas or spaces. */
export function networksIn(text: string): string[] {
  return text.split(/[\s,]+/).filter((entry) => entry !== '')
}

/** The fault of the first network that the server refused; `sent` has the networks of that request. */
export function networkFault(error: unknown, sent: readonly string[] | undefined): string | undefined {
  if (error == null) return undefined
  for (const { field, expected } of toProblem(error).faults ?? []) {
    const [, index] = /^body\.allowedNetworks\.(\d+)$/.exec(field) ?? []
    const entry = sent?.[Number(index)]
    if (entry !== undefined) return words.settings.keys.networkRefused(entry, expected)
  }
  return fieldFault(error, 'allowedNetworks')
}
