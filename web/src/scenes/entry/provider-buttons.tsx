import { Button, Divider, Stack } from '@mantine/core'
import { IconBrandWindows, IconLogin2 } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { getSignInOptionsOptions, postOpenidSignInsMutation } from '../../api/client.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { words } from '../../words/index.ts'

/** Buttons of the enabled sign-in providers. Nothing is shown without one, or if they can't be loaded. */
export function ProviderButtons({ invitation }: { invitation?: string }) {
  const { data } = useQuery({ ...getSignInOptionsOptions(), retry: false, staleTime: Infinity })
  const begin = useMutation({ ...postOpenidSignInsMutation(), onSuccess: ({ url }) => location.assign(url) })
  const text = words.signInProviders
  if (!data || data.identityProviders.length === 0) return null
  // An invitation ends on the start page; a sign-in returns to the page that asked for it.
  const returnTo = invitation === undefined ? location.pathname + location.search : '/'
  return (
    <Stack>
      {begin.error && <ProblemNotice error={begin.error} />}
      {data.identityProviders.map(({ id, name, kind }) => (
        <Button
          key={id}
          variant="default"
          leftSection={
            kind === 'microsoft' ? <IconBrandWindows size={16} aria-hidden /> : <IconLogin2 size={16} aria-hidden />
          }
          loading={(begin.isPending || begin.isSuccess) && begin.variables.body.identityProviderId === id}
          onClick={() =>
            begin.mutate({
              body: { identityProviderId: id, returnTo, ...(invitation !== undefined && { invitation }) },
            })
          }
        >
          {text.continueWith(name)}
        </Button>
      ))}
      <Divider label={text.or} />
    </Stack>
  )
}
