import { IconLock, IconMailQuestion, IconRobot, IconShieldX, IconSignature, IconSpy } from '@tabler/icons-react'
import type { Message } from '../../../api/client.ts'
import { SignBadge } from '../../../components/sign-badge.tsx'
import { words } from '../../../words/index.ts'

/** Properties of a message besides its text, as one word each. Ordinary mail has none. */
export function MessageBadges({ message }: { message: Message }) {
  const { automatic, readReceipt, protection, authentication, quarantine } = message.marks
  const marks = words.marks
  return (
    <>
      {quarantine && (
        <SignBadge color="red" Sign={IconMailQuestion} title={marks.quarantine.reasons[quarantine.reason]}>
          {marks.quarantine.title}
        </SignBadge>
      )}
      {message.inJunk && (
        <SignBadge color="orange" Sign={IconSpy} title={marks.junk.why}>
          {marks.junk.title}
        </SignBadge>
      )}
      {automatic && (
        <SignBadge color="gray" Sign={IconRobot} title={marks.because(automatic.reason)}>
          {readReceipt ? marks.receipt : marks.automatic[automatic.kind]}
        </SignBadge>
      )}
      {protection && (
        <SignBadge
          color="gray"
          Sign={protection.what === 'signed' ? IconSignature : IconLock}
          title={marks.notVerified}
        >
          {marks.protection[protection.kind][protection.what]}
        </SignBadge>
      )}
      {authentication?.verdict === 'fail' && (
        <SignBadge color="red" Sign={IconShieldX} title={senderFacts(authentication)}>
          {marks.sender.fail}
        </SignBadge>
      )}
    </>
  )
}

/** Results of the single checks, such as `DMARC: pass · for customer.example`. */
export function senderFacts(found: NonNullable<Message['marks']['authentication']>): string {
  const { dmarc, dkim, spf, fromDomain } = found
  const facts = [
    ['DMARC', dmarc],
    ['DKIM', dkim],
    ['SPF', spf],
  ] as const
  return words.marks.senderFacts(facts, fromDomain)
}
