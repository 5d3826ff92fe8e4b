import type { Effects, Point, Subject } from './points.ts'

/** Microsoft service that shows the fault. */
export type Part = 'entra-id' | 'graph' | 'imap' | 'smtp'

/** Kinds of target to which a fault can be limited. */
export const SCOPES = ['tenant', 'user', 'application', 'mailbox'] as const
export type Scope = (typeof SCOPES)[number]

export type Option =
  | { kind: 'number'; title: string; least: number; most: number; usual: number }
  | { kind: 'choice'; title: string; choices: readonly string[]; usual: string }

export type Options = Readonly<Record<string, Option>>

type ValueOf<O extends Option> = O extends { choices: readonly (infer Choice)[] } ? Choice : number
export type Values<O extends Options = Options> = { readonly [Name in keyof O]: ValueOf<O[Name]> }

/** One possible failure at Microsoft, as data in a separate file. */
export interface FaultOf<O extends Options> {
  /** Name in the API; never renamed. */
  name: string
  title: string
  part: Part
  /** Description in Microsoft's terms: cause and consequence. */
  what: string
  scopes: readonly Scope[]
  options: O
  /** Calls in which Microsoft shows the fault. */
  reveals: readonly string[]
  /** Section of docs/reference/microsoft-365.md that describes the fault, and the kind of evidence; see `EVIDENCE`. */
  evidence: string
  /** `true` when the fault affects only what existed before it, and spares a new secret or a new sign-in. */
  sparesNewer?: true
  effects: {
    readonly [P in Point]?: (values: Values<O>, context: FaultContext) => Effects[P] | undefined
  }
}

export interface FaultContext {
  /** Time at which the fault was switched on, in milliseconds since the epoch. */
  since: number
  subject: Subject
}

export type Fault = FaultOf<Options>

/** Meaning of the letters after a section in {@link FaultOf.evidence}. */
export const EVIDENCE = {
  D: 'documented by Microsoft',
  C: 'found in Microsoft’s libraries',
  O: 'observed',
  T: 'reported by third parties',
  '?': 'not confirmed',
} as const

/** Checks the effects of a fault against its options at compile time. The result omits the option types. */
export function defineFault<const O extends Options>(fault: FaultOf<O>): Fault {
  return fault as unknown as Fault
}

/** Claims of a policy fault, in the format of Conditional Access. The policy id is a constant of the sandbox. */
export const POLICY_CLAIMS = JSON.stringify({
  access_token: { capolids: { essential: true, values: ['c0ffee00-0000-4000-8000-00000000ca01'] } },
})
