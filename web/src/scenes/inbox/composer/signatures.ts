import { useQuery } from '@tanstack/react-query'
import { getSignatureOptions, type Identity } from '../../../api/client.ts'
import { useMe } from '../../../session/session.ts'
import type { Signature } from './message-parts.ts'
import { fillPlaceholders, firstName } from './placeholders.ts'

/** The signed-in agent. The signature is empty without one. */
export interface Agent {
  name: string
  own: Signature
}

export function useAgent(): Agent {
  const { name } = useMe()
  const { data: own = { text: '', html: '' } } = useQuery(getSignatureOptions())
  return { name, own }
}

/** The agent's own signature and that of the sender name, with placeholders filled; undefined without one. */
export function signaturesOf(
  { signature, name, address }: Pick<Identity, 'signature' | 'name' | 'address'>,
  agent: Agent,
): { own: Signature | undefined; ofName: Signature | undefined } {
  const values = {
    ...{ 'agent.name': agent.name, 'agent.first_name': firstName(agent.name) },
    ...{ 'mailbox.name': name, 'mailbox.address': address },
  }
  const filled = (prepared: Signature) => unlessEmpty(fillPlaceholders(prepared, values))
  return { own: filled(agent.own), ofName: filled(signature) }
}

/** A signature whose text has no empty line, because the first one starts the quotation. */
function unlessEmpty({ text, html }: Signature): Signature | undefined {
  const lines = text.split(/\r\n|\r|\n/).filter((each) => each.trim() !== '')
  return lines.length > 0 ? { text: lines.join('\n'), html } : undefined
}
