import { Button, Group, PasswordInput, Stack } from '@mantine/core'
import { useState } from 'react'
import { postSessionConfirmMutation } from '../../api/client.ts'
import { useOnce } from '../../api/use-once.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { useMe } from '../../session/session.ts'
import { words } from '../../words/index.ts'
import { CodeField } from '../factors/code-field.tsx'
import { KEEPS_ESCAPE } from './keeps-escape.ts'
import type { MethodProps } from './method-props.ts'

/** The password, with a code for a person with a second factor. */
export function ByPassword({ codes, onConfirmed, onCancel }: MethodProps) {
  const { email } = useMe()
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const confirm = useOnce({ ...postSessionConfirmMutation(), onSuccess: onConfirmed })
  const text = words.identity
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        const proof = codes.length > 0 ? { password, code: code.trim() } : { password }
        confirm.mutate({ body: { method: 'password', ...proof } })
      }}
    >
      <Stack>
        {confirm.error && <ProblemNotice error={confirm.error} />}
        {/* For password managers. */}
        <input type="hidden" autoComplete="username" value={email} readOnly />
        <PasswordInput
          label={text.password}
          autoComplete="current-password"
          required
          data-autofocus
          // It comes after the dialog, which looks for its first field only once.
          autoFocus
          value={password}
          onChange={({ currentTarget }) => setPassword(currentTarget.value)}
          {...KEEPS_ESCAPE}
        />
        {codes.length > 0 && (
          <CodeField hasApp={codes.includes('totp')} value={code} onChange={setCode} controls={KEEPS_ESCAPE} />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel} {...KEEPS_ESCAPE}>
            {words.cancel}
          </Button>
          <Button type="submit" loading={confirm.isPending} {...KEEPS_ESCAPE}>
            {text.confirm}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
