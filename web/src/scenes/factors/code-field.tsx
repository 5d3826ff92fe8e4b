import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { words } from '../../words/index.ts'

interface CodeFieldProps {
  /** True for a person with an authenticator app: a recovery code is then the alternative. */
  hasApp: boolean
  value: string
  onChange: (code: string) => void
  autoFocus?: boolean
  /** Attributes of both controls. */
  controls?: Readonly<Record<string, unknown>>
}

/** Field for a code of the authenticator app, or for a recovery code. */
export function CodeField({ hasApp, value, onChange, autoFocus = false, controls }: CodeFieldProps) {
  const [isRecovery, setRecovery] = useState(!hasApp)
  const text = words.factors.signIn
  return (
    <>
      <TextInput
        key={String(isRecovery)}
        label={isRecovery ? text.recoveryCode : text.code}
        inputMode={isRecovery ? 'text' : 'numeric'}
        autoComplete={isRecovery ? 'off' : 'one-time-code'}
        maxLength={40}
        required
        // After a change of the kind, the new field gets the focus.
        autoFocus={autoFocus || isRecovery === hasApp}
        value={value}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
        {...controls}
      />
      {hasApp && (
        <Button
          variant="subtle"
          size="compact-sm"
          onClick={() => {
            onChange('')
            setRecovery(!isRecovery)
          }}
          {...controls}
        >
          {isRecovery ? text.useApp : text.useRecoveryCode}
        </Button>
      )}
    </>
  )
}
