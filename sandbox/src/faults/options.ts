import type { Fault, Option, Values } from './fault.ts'
import { FaultsError } from './faults-error.ts'

/** Option of every fault: the number of calls after which it ends. */
export const TIMES: Option = { kind: 'number', title: 'Calls until the fault ends (0: until switched off)', least: 0, most: 10_000, usual: 0 } // prettier-ignore

/** Validated options, with defaults for missing ones. */
export function readOptions(written: unknown, fault: Fault): { values: Values; times: number } {
  const given = written ?? {}
  if (typeof given !== 'object' || Array.isArray(given)) {
    throw new FaultsError(400, '"options" must be an object.', 'options')
  }
  const known: Record<string, Option> = { ...fault.options, times: TIMES }
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(known, name))
  if (unknown !== undefined) {
    throw new FaultsError(400, `This fault has the options ${Object.keys(known).join(', ')}, not "${unknown}".`, 'options') // prettier-ignore
  }
  const { times, ...values } = Object.fromEntries(
    Object.entries(known).map(([name, option]) => [name, readOption(name, option, (given as Values)[name])]),
  )
  return { values: values, times: Number(times) }
}

function readOption(name: string, option: Option, value: unknown): string | number {
  if (value === undefined) return option.usual
  if (option.kind === 'choice') {
    if (typeof value === 'string' && option.choices.includes(value)) return value
    throw new FaultsError(400, `"${name}" is one of ${option.choices.join(', ')}.`, name)
  }
  if (typeof value === 'number' && Number.isInteger(value) && value >= option.least && value <= option.most)
    return value
  throw new FaultsError(400, `"${name}" is a whole number from ${option.least} to ${option.most}.`, name)
}
