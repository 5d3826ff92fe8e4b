import type { Effects, Point, Subject } from './points.ts'

/** Which of Microsoft's services shows it. */
export type Part = 'entra-id' | 'graph' | 'imap' | 'smtp'

/** What a fault can be narrowed down to. */
export const SCOPES = ['tenant', 'user', 'application', 'mailbox'] as const
export type Scope = (typeof SCOPES)[number]

export type Option =
  | { kind: 'number'; title: string; least: number; most: number; usual: number }
  | { kind: 'choice'; title: string; choices: readonly string[]; usual: string }

export type Options = Readonly<Record<string, Option>>

type ValueOf<O extends Option> = O extends { choices: readonly (infer Choice)[] } ? Choice : number
export type Values<O extends Options = Options> = { readonly [Name in keyof O]: ValueOf<O[Name]> }

/** One thing that can go wrong at Microsoft, as data; each is a file of its own. */
export interface FaultOf<O extends Options> {
  /** Its name in the API: never renamed. */
  name: string
  title: string
  part: Part
  /** What it is in Microsoft's world: who does it, and what follows. */
  what: string
  scopes: readonly Scope[]
  options: O
  /** The calls in which Microsoft reveals it. */
  reveals: readonly string[]
  /** Section of docs/reference/microsoft-365.md that describes it, and the kind of evidence; see `EVIDENCE`. */
  evidence: string
  /** `true` when it ends what was there and leaves alone what is made later: a new secret, a new sign-in. */
  sparesNewer?: true
  effects: {
    readonly [P in Point]?: (values: Values<O>, context: FaultContext) => Effects[P] | undefined
  }
}

export interface FaultContext {
  /** When it was switched on, in milliseconds since the epoch. */
  since: number
  subject: Subject
}

export type Fault = FaultOf<Options>

/** The letters after a section in {@link FaultOf.evidence}. */
export const EVIDENCE = {
  D: 'documented by Microsoft',
  C: 'in Microsoft’s libraries',
  O: 'observed',
  T: 'told by third parties',
  '?': 'not confirmed',
} as const

/** Checks that the effects fit the options, and forgets the options' names. */
export function defineFault<const O extends Options>(fault: FaultOf<O>): Fault {
  return fault as unknown as Fault
}

/** For policies: which policy it was, as Conditional Access says it. The id is ours and always the same. */
export const POLICY_CLAIMS = JSON.stringify({
  access_token: { capolids: { essential: true, values: ['c0ffee00-0000-4000-8000-00000000ca01'] } },
})
