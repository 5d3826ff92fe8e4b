import { Button, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { getSessionSecondStepOptions, postSessionSecondStepMutation, type SignedInPerson } from '../../api/client.ts'
import { hasPasskeys } from '../../api/passkeys.ts'
import { useOnce } from '../../api/use-once.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { words } from '../../words/index.ts'
import { CodeField } from './code-field.tsx'
import { PasskeyButton } from './passkey-button.tsx'

interface SecondStepProps {
  onSignedIn: (person: SignedInPerson) => void
  onStartOver: () => void
}

/** The second step of a sign-in in this browser: a passkey, a code of an app, or a recovery code. */
export function SecondStep({ onSignedIn, onStartOver }: SecondStepProps) {
  const { data, error, isPending } = useQuery({ ...getSessionSecondStepOptions(), retry: false, gcTime: 0 })
  const text = words.factors.signIn
  return (
    <Stack>
      <Text size="sm">{text.sentence}</Text>
      {error && <ProblemNotice error={error} />}
      {isPending && <LoadingRows rows={2} />}
      {data?.steps.includes('passkey') && hasPasskeys() && (
        <PasskeyButton label={text.usePasskey} onSignedIn={onSignedIn} />
      )}
      {data && <CodeForm hasApp={data.steps.includes('totp')} onSignedIn={onSignedIn} />}
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          {text.lost}
        </Text>
        <Button variant="subtle" size="compact-sm" onClick={onStartOver}>
          {text.startOver}
        </Button>
      </Group>
    </Stack>
  )
}

function CodeForm({ hasApp, onSignedIn }: Pick<SecondStepProps, 'onSignedIn'> & { hasApp: boolean }) {
  const [code, setCode] = useState('')
  const complete = useOnce({ ...postSessionSecondStepMutation(), onSuccess: onSignedIn })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        complete.mutate({ body: { code: code.trim() } })
      }}
    >
      <Stack>
        {complete.error && <ProblemNotice error={complete.error} />}
        <CodeField hasApp={hasApp} value={code} onChange={setCode} autoFocus />
        <Button type="submit" loading={complete.isPending}>
          {words.factors.signIn.confirm}
        </Button>
      </Stack>
    </form>
  )
}
