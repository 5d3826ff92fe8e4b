import { Badge, Button, Group, Paper, Stack, Text } from '@mantine/core'
import { showNotice } from '../../components/show-notice.ts'
import { useQuery } from '@tanstack/react-query'
import { deleteInvitationsIdMutation, getInvitationsOptions, type PersonLink } from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'

/** Open invitations. */
export function Invitations() {
  const { data, error, isPending, refetch } = useQuery(getInvitationsOptions())
  const { invitations: title, noInvitations } = words.people
  return (
    <Section title={title}>
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {isPending && <LoadingRows rows={1} height={48} />}
      {data?.invitations.length === 0 && <Text size="sm">{noInvitations}</Text>}
      {data && data.invitations.length > 0 && (
        <Stack gap="xs" component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
          {data.invitations.map((invitation) => (
            <Invitation key={invitation.id} invitation={invitation} />
          ))}
        </Stack>
      )}
    </Section>
  )
}

function Invitation({ invitation: { id, name, email = '', role, expiresAt } }: { invitation: PersonLink }) {
  const { roles, validUntil, revoke, revoked } = words.people
  const refresh = useRefresh('invitations')
  const remove = useOnce({
    ...deleteInvitationsIdMutation(),
    onSuccess: () => showNotice({ message: revoked(email) }),
    onSettled: refresh,
  })
  return (
    <Paper component="li" withBorder p="sm">
      <Group justify="space-between">
        <div>
          <Text size="sm" fw={600}>
            {name}
          </Text>
          <Text size="sm" c="dimmed">
            {email} · {validUntil} <Time at={expiresAt} />
          </Text>
        </div>
        <Group gap="sm">
          <Badge variant="default" radius="sm" tt="none">
            {roles[role]}
          </Badge>
          <Button
            size="xs"
            variant="default"
            aria-label={`${revoke}: ${email}`}
            loading={remove.isPending}
            onClick={() => remove.mutate({ path: { id } })}
          >
            {revoke}
          </Button>
        </Group>
      </Group>
      {remove.error && <ProblemNotice error={remove.error} />}
    </Paper>
  )
}
