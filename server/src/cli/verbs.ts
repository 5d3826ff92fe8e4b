import { doctorVerb } from './doctor.ts'
import { helpVerb } from './help.ts'
import { keysGiveUpVerb, keysMakeVerb, keysRotateVerb } from './keys.ts'
import { statusVerb } from './status.ts'
import type { Verb } from './verb.ts'
import { versionVerb } from './version.ts'

/** All verbs, in the order of the help. */
export const VERBS: readonly Verb[] = [
  statusVerb,
  doctorVerb,
  keysRotateVerb,
  keysMakeVerb,
  keysGiveUpVerb,
  versionVerb,
  helpVerb,
]
