import { Button, Group, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { deleteSignInLinksIdMutation, getSignInLinksQueryKey, type SignInLink } from '../../api/client.ts'
import { useOnce } from '../../api/use-once.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { Section } from '../../components/section.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'

const text = words.setupAuthenticate
const MOST_SHOWN = 20

/** Links with their states. */
export function SignInLinks({ links }: { links: readonly SignInLink[] }) {
  if (links.length === 0) return undefined
  return (
    <Section title={text.links}>
      {links.slice(0, MOST_SHOWN).map((link) => (
        <LinkRow key={link.id} link={link} />
      ))}
    </Section>
  )
}

function LinkRow({ link }: { link: SignInLink }) {
  const { id, kind, requestedAddress, state, usedBy, usedAt, createdAt, expiresAt, consentReportedAt } = link
  const queryClient = useQueryClient()
  const [isOpen, ask] = useState(false)
  const revoke = useOnce({
    ...deleteSignInLinksIdMutation(),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: getSignInLinksQueryKey() })
      ask(false)
    },
  })
  return (
    <Group justify="space-between">
      <div>
        <Text size="sm">
          {text.linkKind[kind]} {requestedAddress !== undefined && text.linkFor(requestedAddress)}
        </Text>
        <Text size="sm" c="dimmed">
          {state === 'open' && consentReportedAt !== undefined ? text.consentReported : text.linkStates[state]}{' '}
          {usedBy !== undefined && text.usedBy(usedBy)} <Time at={usedAt ?? createdAt} />
          {state === 'open' && (
            <>
              {' '}
              · {words.setup.send.until} <Time at={expiresAt} />
            </>
          )}
        </Text>
      </div>
      {state === 'open' && (
        <Button size="xs" variant="default" onClick={() => ask(true)}>
          {text.revoke}
        </Button>
      )}
      <ConfirmDialog
        opened={isOpen}
        onClose={() => ask(false)}
        title={text.revokeTitle}
        removes={text.revokeRemoves}
        keeps={text.revokeKeeps}
        confirm={text.revoke}
        onConfirm={() => revoke.mutate({ path: { id } })}
        busy={revoke.isPending}
        error={revoke.error}
        destructive
      />
    </Group>
  )
}
