import { Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import {
  getSessionQueryKey,
  postLinksAcceptMutation,
  postLinksPreview,
  type SignedInPerson,
  type PersonLink,
} from '../../api/client.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { words } from '../../words/index.ts'
import { EntryPage } from './entry-page.tsx'
import { ProviderButtons } from './lazy-provider-buttons.ts'
import { forgetLinkToken, useLinkToken } from './link-token.ts'
import { LEAST_PASSWORD_LENGTH } from './password-length.ts'
import { needsSecondStep, SecondStep } from './second-factor.ts'

/** Target of the links for the first admin, for invitations and for password resets. */
export function Join() {
  const token = useLinkToken('join')
  const link = useQuery({
    queryKey: ['link', token],
    queryFn: async () => (await postLinksPreview({ body: { token: token! } })).data,
    enabled: token !== undefined,
    retry: false,
    staleTime: Infinity,
  })
  const { noToken } = words.entry
  if (token === undefined) return <EntryPage title={noToken.title} sentence={noToken.fix} />
  if (link.isPending) {
    return (
      <EntryPage title={words.loading}>
        <LoadingRows rows={2} />
      </EntryPage>
    )
  }
  if (link.error) {
    return (
      <EntryPage title={words.productName}>
        <ProblemNotice error={link.error} />
      </EntryPage>
    )
  }
  return <Accept link={link.data} token={token} />
}

function Accept({ link, token }: { link: PersonLink; token: string }) {
  const { kind } = link
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [again, setAgain] = useState('')
  const [differs, setDiffers] = useState(false)
  const onSignedIn = (person: SignedInPerson) => {
    forgetLinkToken('join')
    queryClient.clear()
    queryClient.setQueryData(getSessionQueryKey(), person)
    void navigate({ to: '/', replace: true })
  }
  const accept = useMutation({ ...postLinksAcceptMutation(), onSuccess: onSignedIn })
  const { title, sentence, button } = words.entry.join[kind]
  const isFirst = kind === 'first-admin'

  // The new password is saved, and the link is used.
  if (needsSecondStep(accept.error)) {
    return (
      <EntryPage title={words.entry.secondStep}>
        <SecondStep onSignedIn={onSignedIn} onStartOver={() => void navigate({ to: '/', replace: true })} />
      </EntryPage>
    )
  }
  return (
    <EntryPage
      title={typeof title === 'string' ? title : title(link.name ?? '')}
      sentence={typeof sentence === 'string' ? sentence : sentence(link.email ?? '')}
    >
      {kind === 'invitation' && <ProviderButtons invitation={token} />}
      <form
        onSubmit={(event) => {
          event.preventDefault()
          setDiffers(password !== again)
          if (password !== again) return
          accept.mutate({ body: { token, password, ...(isFirst && { name: name.trim(), email: email.trim() }) } })
        }}
      >
        <Stack>
          {accept.error && <ProblemNotice error={accept.error} />}
          {isFirst && (
            <>
              <TextInput
                label={words.entry.name}
                description={words.entry.nameHint}
                autoComplete="name"
                required
                autoFocus
                value={name}
                onChange={({ currentTarget }) => setName(currentTarget.value)}
              />
              <TextInput
                label={words.entry.email}
                type="email"
                autoComplete="username"
                required
                value={email}
                onChange={({ currentTarget }) => setEmail(currentTarget.value)}
              />
            </>
          )}
          {!isFirst && <input type="hidden" autoComplete="username" value={link.email ?? ''} readOnly />}
          <PasswordInput
            label={words.entry.password}
            description={words.entry.passwordHint(LEAST_PASSWORD_LENGTH)}
            autoComplete="new-password"
            required
            minLength={LEAST_PASSWORD_LENGTH}
            value={password}
            onChange={({ currentTarget }) => setPassword(currentTarget.value)}
          />
          <PasswordInput
            label={words.entry.passwordAgain}
            autoComplete="new-password"
            required
            value={again}
            onChange={({ currentTarget }) => setAgain(currentTarget.value)}
            error={differs && words.entry.differs}
          />
          <Button type="submit" loading={accept.isPending}>
            {button}
          </Button>
        </Stack>
      </form>
    </EntryPage>
  )
}
