import { z } from 'zod'
import type { CloudProvider } from '../cloud-providers/index.ts'
import type { EmailAccount } from '../email-accounts/index.ts'
import { fillText, storedReason } from '../kernel/errors.ts'
import { toShownText } from '../kernel/shown-text.ts'
import { Reason, Time } from './shapes.ts'
import { TEXTS } from './texts.ts'
import { EXIT, type Verb } from './verb.ts'

/** States that require attention. */
const TROUBLED = ['degraded', 'needs-sign-in', 'needs-admin']

const Line = z.strictObject({
  kind: z.enum(['cloud-provider', 'email-account']),
  id: z.string(),
  name: z.string(),
  state: z.string(),
  since: Time,
  reason: Reason.optional(),
})

type StatusLine = z.input<typeof Line>

export const statusVerb: Verb = {
  name: 'status',
  sentence: TEXTS.statusSentence,
  details: [TEXTS.statusDetails],
  shape: z.strictObject({ lines: z.array(Line) }),
  async run({ open, json, print }) {
    const { cloudProviders, emailAccounts } = await open()
    const [providers, accounts] = await Promise.all([cloudProviders.list(), emailAccounts.list()])
    const lines = [...providers.map(lineOfProvider), ...accounts.map(lineOfAccount)]
    if (json) print(JSON.stringify({ lines }))
    else print(lines.length === 0 ? TEXTS.nothingYet : lines.map(worded).join('\n'))
    return lines.some(({ state }) => TROUBLED.includes(state)) ? EXIT.foundTrouble : EXIT.fine
  },
}

function lineOfProvider({ id, name, state, stateSince, stateReason }: CloudProvider): StatusLine {
  return {
    kind: 'cloud-provider',
    id,
    name,
    state,
    since: stateSince.toISOString(),
    ...(stateReason !== undefined && { reason: storedReason(stateReason) }),
  }
}

function lineOfAccount({ id, key, address, state, stateSince, reason }: EmailAccount): StatusLine {
  return {
    kind: 'email-account',
    id,
    name: `${key} ${address}`,
    state,
    since: stateSince.toISOString(),
    ...(reason && { reason: storedReason(reason.code) }),
  }
}

function worded({ name, state, since, reason }: StatusLine): string {
  const head = fillText(TEXTS.stateSince, { state: state.padEnd(13), name: toShownText(name), since })
  return reason ? `${head}\n${' '.repeat(15)}${fillText(TEXTS.stateReason, { ...reason })}` : head
}
