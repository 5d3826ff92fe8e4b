import { Anchor, Badge, Button, Group, Paper, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { showNotice } from '../../components/show-notice.ts'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import {
  postSubmissionsIdCancelMutation,
  postSubmissionsIdDecideMutation,
  getGrantsOptions,
  postSubmissionsIdRetryMutation,
  type EmailAccount,
  type GetEmailAccountsIdOutboxResponse,
} from '../../api/client.ts'
import { awaitedGrantId } from '../../api/principal-grant.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { canStoreCopy, sentCopyState } from '../../components/copy-state.ts'
import { namedFix } from '../../components/named-fix.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Time } from '../../components/time.tsx'
import { language, words } from '../../words/index.ts'
import { HowToDecide, ServerSaid } from './submission-help.tsx'

type Unsent = GetEmailAccountsIdOutboxResponse['submissions'][number]

const RESTORED = 'submission.database_restored'
const COLORS: Partial<Record<Unsent['state'], string>> = { failed: 'red', unknown: 'yellow' }

export function OutboxMessage({ message, account }: { message: Unsent; account: EmailAccount }) {
  const { state, why, detail, content, createdAt, attempts, conversationId, nextTryAt } = message
  const texts = words.outbox
  const stateTexts = words.emailAccounts.state
  const grants = useQuery(getGrantsOptions())
  const userName = grants.data?.grants.find(({ id }) => id === awaitedGrantId(account))?.userName
  const copy = sentCopyState(message)
  const isHeld = why?.code === RESTORED
  const recipients = [...content.to, ...content.cc, ...content.bcc].map(({ name, address }) => name || address)
  const sentence = state === 'queued' || state === 'unknown' || state === 'failed' ? texts.sentences[state] : undefined
  return (
    <Paper withBorder p="sm" role="listitem">
      <Stack gap={6}>
        <Group gap="xs" justify="space-between">
          <Text size="sm" fw={600}>
            {content.subject || texts.noSubject}
          </Text>
          <Badge
            variant="light"
            color={COLORS[state] ?? 'gray'}
            tt="none"
            radius="sm"
            styles={{ label: { color: 'var(--mantine-color-text)' } }}
          >
            {copy === undefined ? texts.states[state] : words.inbox.copyStates[copy]}
          </Badge>
        </Group>
        <Text size="sm" c="dimmed">
          {texts.to(new Intl.ListFormat(language).format(recipients))} · <Time at={createdAt} />
          {attempts > 0 && ` · ${texts.tries(attempts)}`}
          {nextTryAt && state !== 'failed' && (
            <>
              {' '}
              · {stateTexts.nextTry} <Time at={nextTryAt} />
            </>
          )}
        </Text>
        {/* A reason is more specific than "queued". */}
        {sentence !== undefined && !(state === 'queued' && why) && <Text size="sm">{sentence}</Text>}
        {why && (
          <Text size="sm">
            {why.title}. {namedFix(why.fix, account.address, userName)}
          </Text>
        )}
        {detail !== undefined && <ServerSaid detail={detail} />}
        {/* Listed with all other messages of a restored backup, with the result of the check in Sent. */}
        {isHeld && (
          <Anchor component={Link} to="/restored-backup" size="sm">
            {words.restoredBackup.open}
          </Anchor>
        )}
        {state === 'unknown' && <HowToDecide message={message} />}
        <Actions message={message} />
        {conversationId !== undefined && (
          <Anchor component={Link} to={`/inbox/${conversationId}`} size="sm">
            {texts.open}
          </Anchor>
        )}
      </Stack>
    </Paper>
  )
}

function Actions({ message }: { message: Unsent }) {
  const { id, state } = message
  const texts = words.outbox
  const path = { id }
  const [asking, { open, close }] = useDisclosure(false)
  const refresh = useRefresh('email-accounts', 'submissions', 'conversations', 'drafts')
  const done = (text: string) => async () => {
    showNotice({ message: text })
    close()
    await refresh()
  }
  const retry = useOnce({ ...postSubmissionsIdRetryMutation(), onSuccess: done(texts.asked) })
  const cancel = useOnce({ ...postSubmissionsIdCancelMutation(), onSuccess: done(texts.canceled) })
  // For a failed message. The row may have changed before the response, so its state can't choose the text.
  const edit = useOnce({ ...postSubmissionsIdCancelMutation(), onSuccess: done(texts.edited) })
  const decide = useOnce({
    ...postSubmissionsIdDecideMutation(),
    onSuccess: done(words.emailAccounts.details.saved),
  })
  const failure = retry.error ?? cancel.error ?? edit.error ?? decide.error
  const small = { size: 'xs', variant: 'default' } as const
  return (
    <>
      <Group gap="xs">
        {state === 'failed' && (
          <Button {...small} loading={retry.isPending} onClick={() => retry.mutate({ path })}>
            {texts.retry}
          </Button>
        )}
        {canStoreCopy(message) && (
          <Button {...small} loading={retry.isPending} onClick={() => retry.mutate({ path })}>
            {texts.copyAgain}
          </Button>
        )}
        {message.canCancel && state === 'failed' && (
          <Button {...small} loading={edit.isPending} onClick={() => edit.mutate({ path })}>
            {texts.edit}
          </Button>
        )}
        {message.canCancel && state !== 'failed' && (
          <Button {...small} loading={cancel.isPending} onClick={() => cancel.mutate({ path })}>
            {texts.cancel}
          </Button>
        )}
        {state === 'unknown' && (
          <>
            <Button
              {...small}
              loading={decide.isPending}
              onClick={() => decide.mutate({ path, body: { decision: 'was-sent' } })}
            >
              {texts.wasSent}
            </Button>
            <Button {...small} onClick={open}>
              {texts.sendAgain}
            </Button>
          </>
        )}
      </Group>
      {failure && !asking && <ProblemNotice error={failure} />}
      <ConfirmDialog
        opened={asking}
        onClose={close}
        title={texts.sendAgainTitle}
        sentence={texts.sendAgainSentence}
        confirm={texts.retry}
        busy={decide.isPending}
        error={decide.error}
        onConfirm={() => decide.mutate({ path, body: { decision: 'send-again' } })}
      />
    </>
  )
}
