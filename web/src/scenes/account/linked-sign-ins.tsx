import { Button, Group, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import {
  deleteLinkedSignInsIdMutation,
  getLinkedSignInsOptions,
  getSignInOptionsOptions,
  postLinkedSignInsMutation,
} from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'

/** The signed-in person's own accounts at providers. Nothing is shown without an enabled provider or a link. */
export function LinkedSignIns() {
  const links = useQuery(getLinkedSignInsOptions()).data?.linkedSignIns ?? []
  const providers = useQuery(getSignInOptionsOptions()).data?.identityProviders ?? []
  const refresh = useRefresh('linked-sign-ins')
  const begin = useMutation({ ...postLinkedSignInsMutation(), onSuccess: ({ url }) => location.assign(url) })
  const remove = useMutation({ ...deleteLinkedSignInsIdMutation(), onSuccess: refresh })
  const text = words.signInProviders
  const error = begin.error ?? remove.error
  if (links.length === 0 && providers.length === 0) return null
  return (
    <Section title={text.links}>
      {error && <ProblemNotice error={error} />}
      {links.map(({ id, userName, provider }) => (
        <Group key={id} justify="space-between" gap="xs">
          <Text size="sm">{text.linkedAs(userName, provider)}</Text>
          <Button
            size="compact-sm"
            variant="default"
            aria-label={text.unlinkOf(userName)}
            onClick={() => remove.mutate({ path: { id } })}
          >
            {text.unlink}
          </Button>
        </Group>
      ))}
      {providers
        .filter(({ id }) => !links.some(({ identityProviderId }) => identityProviderId === id))
        .map(({ id, name }) => (
          <Group key={id}>
            <Button
              size="compact-sm"
              variant="default"
              loading={(begin.isPending || begin.isSuccess) && begin.variables.body.identityProviderId === id}
              onClick={() => begin.mutate({ body: { identityProviderId: id, returnTo: location.pathname } })}
            >
              {text.link(name)}
            </Button>
          </Group>
        ))}
    </Section>
  )
}
