import { Button, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { getEmailAccountsIdAutomaticReplyOptions, type AutomaticReply, type EmailAccount } from '../../../api/client.ts'
import { LoadingRows } from '../../../components/loading-rows.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { Section } from '../../../components/section.tsx'
import { Time } from '../../../components/time.tsx'
import { words } from '../../../words/index.ts'
import { AutomaticReplyDialog } from './automatic-reply-dialog.tsx'

const text = words.automaticReply

/** Automatic reply of the mailbox to new mail. */
export function AutomaticReplySection({ account: { id } }: { account: EmailAccount }) {
  const { data, error, refetch } = useQuery(getEmailAccountsIdAutomaticReplyOptions({ path: { id } }))
  const [changing, { open, close }] = useDisclosure(false)
  const reply = data?.automaticReply
  return (
    <Section
      title={text.title}
      actions={
        data && (
          <Button size="xs" variant="default" onClick={open}>
            {text.change}
          </Button>
        )
      }
    >
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <LoadingRows rows={1} />}
      {data && (reply?.isOn ? <Shown reply={reply} /> : <Text size="sm">{text.off}</Text>)}
      {changing && <AutomaticReplyDialog id={id} reply={reply} onClose={close} />}
    </Section>
  )
}

function Shown({ reply: { subject, text: body, hours, since } }: { reply: AutomaticReply }) {
  return (
    <Stack gap={6}>
      <Text size="sm">{text.on}</Text>
      <Text size="sm" fw={600} dir="auto" style={{ overflowWrap: 'anywhere' }}>
        {subject}
      </Text>
      <Text size="sm" dir="auto" lineClamp={6} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {body}
      </Text>
      <Text size="xs" c="dimmed">
        {hours ? text.hours(hours.answers, hours.from, hours.to, hours.timeZone) : text.always} {text.since}{' '}
        <Time at={since} />.
      </Text>
      <Text size="xs" c="dimmed">
        {text.guards}
      </Text>
    </Stack>
  )
}
