import { TEXTS } from '../texts.ts'
import { EXIT, type Verb } from '../verb.ts'
import { PrintedPolicy, printedPolicy } from './printed-policy.ts'

export const signInPolicyShowVerb: Verb = {
  name: 'sign-in-policy show',
  sentence: TEXTS.policyShowSentence,
  shape: PrintedPolicy,
  async run({ open, json, print }) {
    const { signInPolicy } = (await open()).people
    const { lockedOut } = await signInPolicy.preview()
    print(printedPolicy({ ...(await signInPolicy.get()), lockedOut }, json))
    return EXIT.fine
  },
}
