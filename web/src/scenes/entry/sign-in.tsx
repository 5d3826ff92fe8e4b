import { Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { getSessionQueryKey, postSessionMutation, type SignedInPerson } from '../../api/client.ts'
import { hasPasskeys } from '../../api/passkeys.ts'
import { noteSession, sessionHasEnded } from '../../api/signed-out.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { words } from '../../words/index.ts'
import { EntryPage } from './entry-page.tsx'
import { needsSecondStep, PasskeyButton, SecondStep } from './second-factor.ts'
import { ProviderButtons } from './lazy-provider-buttons.ts'

export function SignIn() {
  const queryClient = useQueryClient()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const onSignedIn = (person: SignedInPerson) => {
    noteSession('begun')
    queryClient.setQueryData(getSessionQueryKey(), person)
  }
  const signIn = useMutation({ ...postSessionMutation(), onSuccess: onSignedIn })
  const { signInTitle, signIn: button, forgotten, noAdminYet, ended, withPasskey, secondStep, ...fields } = words.entry
  if (needsSecondStep(signIn.error)) {
    return (
      <EntryPage title={secondStep}>
        <SecondStep
          onSignedIn={onSignedIn}
          onStartOver={() => {
            setPassword('')
            signIn.reset()
          }}
        />
      </EntryPage>
    )
  }
  return (
    <EntryPage title={signInTitle}>
      <ProviderButtons />
      <form
        onSubmit={(event) => {
          event.preventDefault()
          signIn.mutate({ body: { email: email.trim(), password } })
        }}
      >
        <Stack>
          {sessionHasEnded() && <Text size="sm">{ended}</Text>}
          {signIn.error && <ProblemNotice error={signIn.error} />}
          <TextInput
            label={fields.email}
            type="email"
            autoComplete="username"
            required
            autoFocus
            value={email}
            onChange={({ currentTarget }) => setEmail(currentTarget.value)}
          />
          <PasswordInput
            label={fields.password}
            autoComplete="current-password"
            required
            value={password}
            onChange={({ currentTarget }) => setPassword(currentTarget.value)}
          />
          <Button type="submit" loading={signIn.isPending}>
            {button}
          </Button>
        </Stack>
      </form>
      {hasPasskeys() && <PasskeyButton label={withPasskey} onSignedIn={onSignedIn} />}
      <Text size="sm" c="dimmed">
        {forgotten} {noAdminYet}
      </Text>
    </EntryPage>
  )
}
