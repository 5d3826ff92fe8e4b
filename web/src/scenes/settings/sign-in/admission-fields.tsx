import { NativeSelect, Textarea, TextInput } from '@mantine/core'
import type { IdentityProvider } from '../../../api/client.ts'
import { words } from '../../../words/index.ts'
import { valuesIn } from './values-in.ts'

const KINDS = ['invited', 'claim', 'domain'] as const

export interface AdmissionInput {
  kind: (typeof KINDS)[number]
  claim: string
  adminValues: string
  agentValues: string
  domains: string
}

export const ONLY_INVITED: AdmissionInput = {
  kind: 'invited',
  claim: 'roles',
  adminValues: '',
  agentValues: '',
  domains: '',
}

/** Stored rules as texts of the fields. */
export function fromAdmission({ kind, claim, ...lists }: IdentityProvider['admission']): AdmissionInput {
  const [adminValues, agentValues] = [lists.adminValues.join('\n'), lists.agentValues.join('\n')]
  return { kind, claim: claim ?? ONLY_INVITED.claim, adminValues, agentValues, domains: lists.domains.join('\n') }
}

/** The rules as the API takes them. */
export function toAdmission({ kind, claim, adminValues, agentValues, domains }: AdmissionInput) {
  switch (kind) {
    case 'invited':
      return { kind }
    case 'claim':
      return { kind, claim: claim.trim(), adminValues: valuesIn(adminValues), agentValues: valuesIn(agentValues) }
    case 'domain':
      return { kind, domains: valuesIn(domains) }
  }
}

const LINES = { autosize: true, minRows: 2, maxRows: 8 } as const

/** Fields for the admission of new people. */
export function AdmissionFields({
  value,
  onChange,
}: {
  value: AdmissionInput
  onChange: (value: AdmissionInput) => void
}) {
  const text = words.signInProviders
  const field = (name: 'claim' | 'adminValues' | 'agentValues' | 'domains') => ({
    label: text[name],
    autoComplete: 'off',
    value: value[name],
    onChange: ({ currentTarget }: { currentTarget: HTMLInputElement | HTMLTextAreaElement }) =>
      onChange({ ...value, [name]: currentTarget.value }),
  })
  return (
    <>
      <NativeSelect
        label={text.admission}
        value={value.kind}
        data={KINDS.map((kind) => ({ value: kind, label: text.admissions[kind] }))}
        onChange={({ currentTarget }) => {
          const kind = KINDS.find((one) => one === currentTarget.value)
          if (kind) onChange({ ...value, kind })
        }}
      />
      {value.kind === 'claim' && (
        <>
          <TextInput {...field('claim')} description={text.claimHint} required />
          <Textarea {...field('adminValues')} {...LINES} description={text.valuesHint} />
          <Textarea {...field('agentValues')} {...LINES} description={text.valuesHint} />
        </>
      )}
      {value.kind === 'domain' && <Textarea {...field('domains')} {...LINES} description={text.domainsHint} required />}
    </>
  )
}
