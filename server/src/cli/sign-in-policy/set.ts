import { z } from 'zod'
import { fillText } from '../../kernel/errors.ts'
import { SECOND_FACTOR_FOR } from '../../people/index.ts'
import { usageError } from '../find-verb.ts'
import { listOf } from '../inputs.ts'
import { TEXTS } from '../texts.ts'
import { findPerson } from '../user/find-person.ts'
import { ACTOR, EXIT, type Verb } from '../verb.ts'
import { PrintedPolicy, printedPolicy } from './printed-policy.ts'

const Instant = z.iso.datetime({ offset: true })
/** The policy applies at once for a time that has passed, by its own clock. */
const PASSED = new Date(0)
const SWITCH = ['on', 'off'] as const
/** An empty list is often an unset variable of a script, which must not decide about access. */
const NO_ONE = 'none'

export const signInPolicySetVerb: Verb = {
  name: 'sign-in-policy set',
  sentence: TEXTS.policySetSentence,
  details: [TEXTS.policySetDetails],
  options: {
    'only-by-provider': { type: 'string', value: 'on|off', sentence: TEXTS.onlyByProviderOption },
    'second-factor': { type: 'string', value: 'WHO', sentence: TEXTS.secondFactorOption },
    'second-factor-from': { type: 'string', value: 'TIME', sentence: TEXTS.secondFactorFromOption },
    'break-glass': { type: 'string', value: 'LIST', sentence: TEXTS.breakGlassOption },
  },
  shape: PrintedPolicy,
  async run({ open, options, json, print }) {
    const only = readWord(options['only-by-provider'], SWITCH)
    const secondFactorFor = readWord(options['second-factor'], SECOND_FACTOR_FOR)
    const secondFactorFrom = readTime(options['second-factor-from'])
    const addresses = readAddresses(options['break-glass'])
    if (!only && !secondFactorFor && !secondFactorFrom && !addresses) throw usageError(TEXTS.policyNothingToSet)
    const { people } = await open()
    const found = addresses && (await Promise.all(addresses.map((address) => findPerson(people, address))))
    const changes = {
      ...{ onlyByProvider: only && only === 'on', secondFactorFor, secondFactorFrom },
      breakGlass: found?.map(({ id }) => id),
    }
    const changed = await people.signInPolicy.change(changes, { actor: ACTOR })
    print(printedPolicy({ ...changed, lockedOut: (await people.signInPolicy.preview()).lockedOut }, json))
    return EXIT.fine
  },
}

function readWord<Word extends string>(given: string | boolean | undefined, known: readonly Word[]): Word | undefined {
  if (given === undefined) return undefined
  const found = known.find((word) => word === given)
  if (!found) throw usageError(fillText(TEXTS.wordUnknown, { word: String(given), known: known.join(', ') }))
  return found
}

function readTime(given: string | boolean | undefined): Date | undefined {
  if (given === undefined) return undefined
  if (given === 'now') return PASSED
  const time = Instant.safeParse(given)
  if (!time.success) throw usageError(fillText(TEXTS.timeUnknown, { word: String(given) }))
  return new Date(time.data)
}

function readAddresses(given: string | boolean | undefined): string[] | undefined {
  if (given === undefined) return undefined
  const addresses = listOf(given)
  if (addresses.length === 0) throw usageError(TEXTS.breakGlassEmpty)
  return addresses.length === 1 && addresses[0] === NO_ONE ? [] : addresses
}
