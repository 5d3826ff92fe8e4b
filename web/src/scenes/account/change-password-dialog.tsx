import { Button, Group, Modal, PasswordInput, Stack } from '@mantine/core'
import { useState } from 'react'
import { putSessionPasswordMutation } from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { showNotice } from '../../components/show-notice.ts'
import { useMe } from '../../session/session.ts'
import { words } from '../../words/index.ts'
import { LEAST_PASSWORD_LENGTH } from '../entry/password-length.ts'

/** A new password for oneself, with the current one. */
export function ChangePasswordDialog({ onClose }: { onClose: () => void }) {
  const { email } = useMe()
  const [current, setCurrent] = useState('')
  const [password, setPassword] = useState('')
  const [again, setAgain] = useState('')
  const [differs, setDiffers] = useState(false)
  const text = words.account.password
  const refresh = useRefresh('sessions')
  const change = useOnce({
    ...putSessionPasswordMutation(),
    onSuccess: async () => {
      showNotice({ message: text.changed })
      onClose()
      await refresh()
    },
  })
  return (
    <Modal opened onClose={onClose} title={text.change} closeOnClickOutside={false} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          setDiffers(password !== again)
          if (password === again) change.mutate({ body: { currentPassword: current, password } })
        }}
      >
        <Stack>
          {change.error && <ProblemNotice error={change.error} />}
          {/* For password managers. */}
          <input type="hidden" autoComplete="username" value={email} readOnly />
          <PasswordInput
            label={text.current}
            autoComplete="current-password"
            required
            data-autofocus
            value={current}
            onChange={({ currentTarget }) => setCurrent(currentTarget.value)}
          />
          <PasswordInput
            label={text.next}
            description={words.entry.passwordHint(LEAST_PASSWORD_LENGTH)}
            autoComplete="new-password"
            required
            minLength={LEAST_PASSWORD_LENGTH}
            value={password}
            onChange={({ currentTarget }) => setPassword(currentTarget.value)}
          />
          <PasswordInput
            label={text.again}
            autoComplete="new-password"
            required
            value={again}
            onChange={({ currentTarget }) => setAgain(currentTarget.value)}
            error={differs && words.entry.differs}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {words.cancel}
            </Button>
            <Button type="submit" loading={change.isPending}>
              {text.change}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
