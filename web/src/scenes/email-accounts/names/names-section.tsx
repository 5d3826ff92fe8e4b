import { Badge, Button, Group, Paper, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import {
  deleteEmailAccountsIdIdentitiesIdentityIdMutation,
  getEmailAccountsIdIdentitiesOptions,
  type EmailAccount,
  type Identity,
} from '../../../api/client.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { useOnce } from '../../../api/use-once.ts'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { LoadingRows } from '../../../components/loading-rows.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { Section } from '../../../components/section.tsx'
import { words } from '../../../words/index.ts'
import { NameDialog } from './name-dialog.tsx'

const text = words.senderNames

/** Sender names of the mailbox. There is always one. */
export function NamesSection({ account }: { account: EmailAccount }) {
  const { data, error, refetch } = useQuery(getEmailAccountsIdIdentitiesOptions({ path: { id: account.id } }))
  const [adding, { open, close }] = useDisclosure(false)
  return (
    <Section
      title={text.title}
      actions={
        <Button size="xs" variant="default" onClick={open}>
          {text.add}
        </Button>
      }
    >
      <Text size="sm">{text.sentence}</Text>
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <LoadingRows rows={1} />}
      {data?.identities.map((identity) => (
        <NameRow key={identity.id} account={account} identity={identity} />
      ))}
      {adding && <NameDialog account={account} onClose={close} />}
    </Section>
  )
}

function NameRow({ account, identity }: { account: EmailAccount; identity: Identity }) {
  const { name, address, signature, replyTo, isDefault, isFirst } = identity
  const refresh = useRefresh('email-accounts')
  const [changing, change] = useDisclosure(false)
  const [asking, ask] = useDisclosure(false)
  const remove = useOnce({
    ...deleteEmailAccountsIdIdentitiesIdentityIdMutation(),
    onSuccess: async () => {
      ask.close()
      await refresh()
    },
  })
  const [line = ''] = signature.text.split('\n')
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between" align="flex-start">
        <div style={{ minWidth: 0, flex: '1 1 12rem' }}>
          <Group gap="xs">
            <Text fw={600} size="sm" style={{ overflowWrap: 'anywhere' }}>
              {name}
            </Text>
            {isDefault && (
              <Badge size="sm" variant="light">
                {text.usual}
              </Badge>
            )}
          </Group>
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {address}
            {isFirst && ` · ${text.first}`}
          </Text>
          <Text size="xs" c="dimmed" lineClamp={1}>
            {line === '' ? text.unsigned : `${text.signed}: ${line}`}
            {replyTo && ` · ${text.replyTo(replyTo.address)}`}
          </Text>
        </div>
        <Group gap="xs">
          <Button size="xs" variant="default" aria-label={text.changeOf(name)} onClick={change.open}>
            {text.change}
          </Button>
          {!isFirst && (
            <Button size="xs" variant="default" aria-label={text.removeOf(name)} onClick={ask.open}>
              {text.remove}
            </Button>
          )}
        </Group>
      </Group>
      {changing && <NameDialog account={account} identity={identity} onClose={change.close} />}
      <ConfirmDialog
        opened={asking}
        onClose={ask.close}
        title={text.removeTitle(name)}
        removes={text.removeRemoves}
        keeps={text.removeKeeps}
        confirm={text.removeButton}
        busy={remove.isPending}
        error={remove.error}
        destructive
        onConfirm={() => remove.mutate({ path: { id: account.id, identityId: identity.id } })}
      />
    </Paper>
  )
}
