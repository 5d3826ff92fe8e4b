import { PasswordInput, TextInput } from '@mantine/core'
import { fieldFault, fixOfCode } from '../../components/field-fault.ts'
import { words } from '../../words/index.ts'
import { parseExpiryDay } from './expiry-day.ts'
import { isEntraId } from './suggestions.ts'
import { TwoColumns } from './two-columns.tsx'

export interface SecretEntry {
  secret: string
  /** Value of a date field: `2027-05-01`, or empty. */
  endsOn: string
}

export const NO_SECRET: SecretEntry = { secret: '', endsOn: '' }

const text = words.setup.provider
const OF_SECRET = ['cloud_providers.secret_is_an_id', 'cloud_providers.secret_malformed'] as const
/** Codes of failures shown at these fields. */
export const SECRET_CODES: readonly string[] = OF_SECRET

/** Secret as the API expects it. */
export function toNewCredential({ secret, endsOn }: SecretEntry) {
  return {
    kind: 'secret' as const,
    secret: secret.trim(),
    ...(endsOn !== '' && { expiresAt: parseExpiryDay(endsOn) }),
  }
}

export function isSecretAnId({ secret }: SecretEntry): boolean {
  return isEntraId(secret)
}

interface SecretFieldsProps {
  value: SecretEntry
  onChange: (value: SecretEntry) => void
  error: unknown
}

/** Value and expiry date of a client secret. A Secret ID, the usual mistake, is refused while typing. */
export function SecretFields({ value, onChange, error }: SecretFieldsProps) {
  const { secret, endsOn } = value
  const wrong = isSecretAnId(value) ? text.secretIsId : fixOfCode(error, ...OF_SECRET)
  return (
    <TwoColumns>
      <PasswordInput
        label={text.secret}
        description={text.secretHint}
        required
        autoComplete="off"
        value={secret}
        onChange={({ currentTarget }) => onChange({ ...value, secret: currentTarget.value })}
        error={wrong ?? fieldFault(error, 'credential.secret')}
      />
      <TextInput
        type="date"
        label={`${text.expiresAt} (${text.optional})`}
        description={text.expiresAtHint}
        value={endsOn}
        onChange={({ currentTarget }) => onChange({ ...value, endsOn: currentTarget.value })}
        error={fieldFault(error, 'credential.expiresAt')}
      />
    </TwoColumns>
  )
}
