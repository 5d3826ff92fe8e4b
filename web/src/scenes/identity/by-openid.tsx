import { Button, Group, Stack, Text } from '@mantine/core'
import { IconExternalLink } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { postOpenidConfirmationsMutation, type OpenIdConfirmations } from '../../api/client.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { words } from '../../words/index.ts'
import { KEEPS_ESCAPE } from './keeps-escape.ts'

/** Leaves for a provider and comes back to this page. The action was refused, so the person repeats it. */
export function ByOpenId({ identityProviders }: OpenIdConfirmations) {
  const begin = useMutation({ ...postOpenidConfirmationsMutation(), onSuccess: ({ url }) => location.assign(url) })
  const text = words.identity
  return (
    <Stack gap="xs">
      {begin.error && <ProblemNotice error={begin.error} />}
      <Text size="sm">{text.leavesPage}</Text>
      <Group>
        {identityProviders.map(({ id, name }) => (
          <Button
            key={id}
            variant="default"
            leftSection={<IconExternalLink size={16} aria-hidden />}
            loading={(begin.isPending || begin.isSuccess) && begin.variables.body.identityProviderId === id}
            onClick={() => {
              const returnTo = location.pathname + location.search + location.hash
              begin.mutate({ body: { identityProviderId: id, returnTo } })
            }}
            {...KEEPS_ESCAPE}
          >
            {text.confirmWith(name)}
          </Button>
        ))}
      </Group>
    </Stack>
  )
}
