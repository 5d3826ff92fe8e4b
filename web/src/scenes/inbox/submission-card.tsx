import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconClock, IconHelp, IconRobot, IconSend, type Icon } from '@tabler/icons-react'
import { useDisclosure } from '@mantine/hooks'
import { useMutation } from '@tanstack/react-query'
import {
  postSubmissionsIdCancel,
  postSubmissionsIdDecide,
  postSubmissionsIdRetry,
  type Submission,
} from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { InitialsAvatar } from '../../components/initials-avatar.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { SignBadge } from '../../components/sign-badge.tsx'
import { Time } from '../../components/time.tsx'
import { exactTime } from '../../components/time-text.ts'
import { words } from '../../words/index.ts'
import { HowToDecide, ServerSaid } from '../email-accounts/submission-help.tsx'
import { canStoreCopy, sentCopyState } from '../../components/copy-state.ts'
import { useOpenDraft } from './composer/start-draft.ts'
import classes from './message.module.css'
import { displayName, toText } from './display-names.ts'

type Act = 'retry' | 'copy-again' | 'cancel' | 'was-sent' | 'send-again'

const SIGNS: Readonly<Record<Submission['state'], Icon>> = {
  queued: IconClock,
  sending: IconSend,
  'handed-over': IconSend,
  sent: IconSend,
  unknown: IconHelp,
  failed: IconAlertTriangle,
  canceled: IconClock,
}

/** A submission, with its actions. It becomes a message once it is seen in Sent Items. */
export function SubmissionCard({ submission, author }: { submission: Submission; author: string | undefined }) {
  const { id, state, why, detail, content, from, createdAt, notBefore, sendAt, isAutomatic } = submission
  const inbox = words.inbox
  const refresh = useRefresh('conversations', 'submissions', 'drafts', 'email-accounts')
  const openDraft = useOpenDraft()
  const [asking, { open: ask, close }] = useDisclosure(false)
  const outbox = words.outbox
  const settle = useMutation({
    mutationFn: async (act: Act) => {
      const path = { id }
      if (act === 'retry' || act === 'copy-again') return postSubmissionsIdRetry({ path })
      if (act !== 'cancel') return postSubmissionsIdDecide({ path, body: { decision: act } })
      const canceled = await postSubmissionsIdCancel({ path })
      const { draftId, conversationId } = canceled.data
      await openDraft({ id: draftId, ...(conversationId !== undefined && { conversationId }) })
      return canceled
    },
    onSettled: refresh,
  })
  const act = (what: Act, label = inbox.submissionActs[what]) => (
    <Button size="compact-sm" variant="default" loading={settle.isPending} onClick={() => settle.mutate(what)}>
      {label}
    </Button>
  )
  const Sign = SIGNS[state]
  const troubled = state === 'failed' || state === 'unknown'
  const copy = sentCopyState(submission)
  const label = copy === undefined ? inbox.submissionStates[state] : inbox.copyStates[copy]
  return (
    <article
      id={`entry-${id}`}
      className={classes.card}
      data-kind="submission"
      aria-label={inbox.messageOf(displayName(from))}
    >
      <Group gap="xs" px={12} py={8} mih={48}>
        <InitialsAvatar name={author ?? displayName(from)} of={author ?? from.address} />
        <Text fw={600}>{author ?? displayName(from)}</Text>
        <SignBadge color={troubled ? 'red' : copy ? 'yellow' : 'blue'} Sign={Sign} role="status">
          {notBefore === undefined
            ? label
            : sendAt === undefined
              ? inbox.held
              : inbox.scheduledFor(exactTime(new Date(sendAt)))}
        </SignBadge>
        {isAutomatic && (
          <SignBadge color="gray" Sign={IconRobot}>
            {words.marks.automatic.reply}
          </SignBadge>
        )}
        <Text size="xs" c="dimmed" ms="auto">
          <Time at={createdAt} />
        </Text>
      </Group>
      <Stack gap="xs" className={classes.body}>
        <Text size="xs" c="dimmed" dir="auto">
          {inbox.to}: {[...content.to, ...content.cc, ...content.bcc].map(displayName).join(', ')} · {content.subject}
        </Text>
        <Text size="sm" className={classes.text} lineClamp={8} dir="auto">
          {toText(content).trim()}
        </Text>
        {why && (
          <Alert color={troubled ? 'red' : 'gray'} title={why.title} p="xs">
            <Text size="sm">{why.fix}</Text>
            <Text size="sm">{words.remedies[why.remedy]}</Text>
            {detail !== undefined && <ServerSaid detail={detail} />}
          </Alert>
        )}
        {state === 'unknown' && <HowToDecide message={submission} />}
        {settle.error && !asking && <ProblemNotice error={settle.error} />}
        <Group gap="xs">
          {state === 'failed' && act('retry')}
          {state === 'queued' && why && act('retry', inbox.tryNow)}
          {canStoreCopy(submission) && act('copy-again')}
          {submission.canCancel && act('cancel', state === 'failed' ? outbox.edit : undefined)}
          {state === 'unknown' && act('was-sent')}
          {state === 'unknown' && (
            <Button size="compact-sm" variant="default" onClick={ask}>
              {inbox.submissionActs['send-again']}
            </Button>
          )}
        </Group>
        <ConfirmDialog
          opened={asking}
          onClose={close}
          title={outbox.sendAgainTitle}
          sentence={outbox.sendAgainSentence}
          confirm={outbox.retry}
          busy={settle.isPending}
          error={settle.error}
          onConfirm={() => settle.mutate('send-again', { onSuccess: close })}
        />
      </Stack>
    </article>
  )
}
