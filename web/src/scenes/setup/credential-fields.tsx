import { NativeSelect, Stack, Text } from '@mantine/core'
import { fieldFault } from '../../components/field-fault.ts'
import { words } from '../../words/index.ts'
import { ProofChoice } from './proof-choice.tsx'
import { isSecretAnId, toNewCredential, NO_SECRET, SecretFields, type SecretEntry } from './secret-fields.tsx'
import type { Proof } from './registration-choice.ts'

const text = words.setup.provider
const MONTHS = ['6', '12', '24', '36'] as const

export interface CredentialEntry extends SecretEntry {
  proof: Proof
  /** Validity of a certificate, as the value of a select. */
  months: string
}

export const NO_CREDENTIAL: CredentialEntry = { ...NO_SECRET, proof: 'secret', months: '24' }

/** Credential as the API expects it. */
export function toCredential(entry: CredentialEntry) {
  const { proof, months } = entry
  return proof === 'certificate' ? { kind: proof, months: Number(months) } : toNewCredential(entry)
}

export function isCredentialReady(entry: CredentialEntry): boolean {
  return entry.proof === 'certificate' || !isSecretAnId(entry)
}

interface CredentialFieldsProps {
  value: CredentialEntry
  onChange: (value: CredentialEntry) => void
  error: unknown
  /** `true` when the kind of credential is chosen elsewhere on the page. */
  isChosen?: boolean
}

/** Credential of the application: a secret from the portal, or a certificate created here. */
export function CredentialFields({ value, onChange, error, isChosen = false }: CredentialFieldsProps) {
  const { proof, months } = value
  return (
    <>
      {!isChosen && <ProofChoice value={proof} onChange={(next) => onChange({ ...value, proof: next })} />}
      {proof === 'secret' ? (
        <SecretFields value={value} onChange={(secret) => onChange({ ...value, ...secret })} error={error} />
      ) : (
        <Stack gap="xs">
          <NativeSelect
            label={text.months}
            description={text.monthsHint}
            value={months}
            onChange={({ currentTarget }) => onChange({ ...value, months: currentTarget.value })}
            data={MONTHS.map((each) => ({ value: each, label: text.monthsAre(Number(each)) }))}
            error={fieldFault(error, 'credential.months')}
          />
          <Text size="sm">{text.certificateNext}</Text>
        </Stack>
      )}
    </>
  )
}
