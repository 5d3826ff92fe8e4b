import { Button, Group, Stack, Text } from '@mantine/core'
import { IconMailQuestion, IconMailX, IconShieldX } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { postMessagesIdReadAgain, type Bounce, type Message } from '../../../api/client.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { words } from '../../../words/index.ts'
import { lazyPart } from '../lazy-part.tsx'
import { Notice } from './notice.tsx'
import { ReplacedNotice } from './replaced-notice.tsx'
import { SenderWarnings } from './sender-warnings.tsx'
import { SplitProposal } from './split-proposal.tsx'

const InvitationCard = lazyPart('invitation', async () => ({
  Part: (await import('./invitation-card.tsx')).InvitationCard,
}))

/** Notices above the text of a message. */
export function MessageNotices({ message, bounces }: { message: Message; bounces: readonly Bounce[] }) {
  const { quarantine, authentication, invitation } = message.marks
  return (
    <Stack gap="xs" mb="xs" style={{ display: hasNone(message, bounces) ? 'none' : undefined }}>
      {bounces.map((bounce) => (
        <BounceNotice key={bounce.messageId} bounce={bounce} />
      ))}
      {quarantine && <QuarantineNotice message={message} reason={quarantine.reason} />}
      {authentication?.verdict === 'fail' && (
        <Notice Sign={<IconShieldX aria-hidden />} title={words.marks.sender.fail}>
          <Text size="sm">{words.marks.senderFails(authentication.fromDomain)}</Text>
        </Notice>
      )}
      {message.warnings.length > 0 && <SenderWarnings message={message} />}
      {message.contentReplacedAt !== undefined && <ReplacedNotice message={message} />}
      {message.splitProposed && <SplitProposal message={message} />}
      {invitation && <InvitationCard invitation={invitation} />}
    </Stack>
  )
}

function hasNone({ marks, splitProposed, warnings, contentReplacedAt }: Message, bounces: readonly Bounce[]): boolean {
  const { quarantine, authentication, invitation } = marks
  if (warnings.length > 0 || contentReplacedAt !== undefined) return false
  return !splitProposed && !quarantine && !invitation && authentication?.verdict !== 'fail' && bounces.length === 0
}

function BounceNotice({ bounce: { messageId, recipients } }: { bounce: Bounce }) {
  const { bounce } = words.marks
  const failed = recipients.some(({ action }) => action === 'failed')
  const toReport = () => document.getElementById(`entry-${messageId}`)?.scrollIntoView({ block: 'center' })
  return (
    <Notice Sign={<IconMailX aria-hidden />} title={bounce.title(failed)}>
      {recipients.map(({ address, action, status, diagnostic }) => (
        <Text size="sm" key={address} style={{ overflowWrap: 'anywhere' }}>
          <bdi>{address}</bdi>: {bounce.recipient[action]}
          {status !== undefined && ` (${status})`}
          {diagnostic !== undefined && `. ${bounce.said(diagnostic)}`}
        </Text>
      ))}
      <div>
        <Button size="compact-sm" variant="default" onClick={toReport}>
          {bounce.toReport}
        </Button>
      </div>
    </Notice>
  )
}

function QuarantineNotice({
  message,
  reason,
}: {
  message: Message
  reason: keyof typeof words.marks.quarantine.reasons
}) {
  const { quarantine } = words.marks
  const refresh = useRefresh('conversations', 'messages')
  const again = useMutation({
    mutationFn: () => postMessagesIdReadAgain({ path: { id: message.id } }),
    onSuccess: () => void refresh(),
  })
  return (
    <Notice Sign={<IconMailQuestion aria-hidden />} title={quarantine.title}>
      <Text size="sm">
        {quarantine.reasons[reason]} {quarantine.kept}
      </Text>
      {again.error != null && <ProblemNotice error={again.error} />}
      <Group gap="xs">
        <Button size="compact-sm" variant="default" loading={again.isPending} onClick={() => again.mutate()}>
          {quarantine.readAgain}
        </Button>
        <SourceLink message={message} />
      </Group>
    </Notice>
  )
}

/** Download of the original message. */
function SourceLink({ message: { id } }: { message: Message }) {
  return (
    <Button component="a" size="compact-sm" variant="default" href={`/v1/messages/${id}/source`} download>
      {words.marks.source}
    </Button>
  )
}
