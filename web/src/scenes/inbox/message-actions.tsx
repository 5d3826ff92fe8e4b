import { ActionIcon, Menu } from '@mantine/core'
import {
  IconArrowBackUp,
  IconArrowBackUpDouble,
  IconArrowForwardUp,
  IconArrowsSplit2,
  IconCode,
  IconDots,
  IconPrinter,
} from '@tabler/icons-react'
import type { Message } from '../../api/client.ts'
import { IconButton } from '../../components/icon-button.tsx'
import { words } from '../../words/index.ts'
import type { AnswerKind } from './composer/start-draft.ts'
import classes from './message.module.css'
import { printPage } from './print-page.ts'

interface MessageActionsProps {
  message: Message
  onAnswer: (kind: AnswerKind) => void
  onSplit: (() => void) | undefined
}

const ANSWERS = [
  ['reply', IconArrowBackUp],
  ['reply-all', IconArrowBackUpDouble],
  ['forward', IconArrowForwardUp],
] as const

/** Actions of a message, visible on hover and focus, and always on a screen without hover. */
export function MessageActions({ message: { id, conversationId, marks }, onAnswer, onSplit }: MessageActionsProps) {
  return (
    <div className={classes.actions}>
      {ANSWERS.map(([kind, Sign]) => (
        <IconButton key={kind} label={words.inbox.answers[kind]} Sign={Sign} onClick={() => onAnswer(kind)} />
      ))}
      <Menu position="bottom-end" width={200}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={words.inbox.moreActions}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {onSplit && (
            <Menu.Item leftSection={<IconArrowsSplit2 size={16} aria-hidden />} onClick={onSplit}>
              {words.marks.splitFrom.act}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconPrinter size={16} aria-hidden />} onClick={() => printPage(conversationId, id)}>
            {words.inbox.print}
          </Menu.Item>
          {!marks.quarantine && (
            <Menu.Item
              component="a"
              href={`/v1/messages/${id}/source`}
              download
              leftSection={<IconCode size={16} aria-hidden />}
            >
              {words.marks.source}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
    </div>
  )
}
