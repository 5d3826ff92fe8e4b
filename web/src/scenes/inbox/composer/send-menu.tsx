import { Button, Group, Kbd, Menu, Modal } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconCheck, IconChevronDown, IconClock, IconHourglass, IconSend } from '@tabler/icons-react'
import { useRef } from 'react'
import { words } from '../../../words/index.ts'
import { TimeChoices } from '../time-choices.tsx'

/** How to send a message: at once by default. */
export interface SendWish {
  thenStatus?: 'closed' | 'waiting'
  /** ISO time. */
  sendAt?: string
}

interface SendMenuProps {
  /** An answer can close its conversation. */
  isAnswer: boolean
  busy: boolean
  onSend: (wish: SendWish) => void
}

/** The button *Send*, and a menu with the other ways to send. */
export function SendMenu({ isAnswer, busy, onSend }: SendMenuProps) {
  const [choosing, { open, close }] = useDisclosure(false)
  const chosen = useRef<string>(undefined)
  const say = words.composer
  return (
    <>
      <Group gap={1} wrap="nowrap">
        <Button
          leftSection={<IconSend size={16} aria-hidden />}
          rightSection={<Kbd size="xs">{say.sendHint}</Kbd>}
          loading={busy}
          onClick={() => onSend({})}
        >
          {say.send}
        </Button>
        <Menu position="top-start" withInitialFocusPlaceholder={false}>
          <Menu.Target>
            <Button px={8} disabled={busy} aria-label={say.sendMenu.title} title={say.sendMenu.title}>
              <IconChevronDown size={16} aria-hidden />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {isAnswer && (
              <>
                <Menu.Item
                  leftSection={<IconCheck size={16} aria-hidden />}
                  rightSection={<Kbd size="xs">{say.sendMenu.closeHint}</Kbd>}
                  onClick={() => onSend({ thenStatus: 'closed' })}
                >
                  {say.sendMenu.close}
                </Menu.Item>
                <Menu.Item
                  leftSection={<IconHourglass size={16} aria-hidden />}
                  onClick={() => onSend({ thenStatus: 'waiting' })}
                >
                  {say.sendMenu.wait}
                </Menu.Item>
              </>
            )}
            <Menu.Item leftSection={<IconClock size={16} aria-hidden />} onClick={open}>
              {say.sendMenu.later}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Group>
      <Modal
        opened={choosing}
        onClose={close}
        title={say.sendMenu.laterTitle}
        size="sm"
        transitionProps={{ duration: 0 }}
        // Sending closes the composer, and with it this dialog: it is gone before, so that it returns the focus.
        onExitTransitionEnd={() => {
          const sendAt = chosen.current
          chosen.current = undefined
          if (sendAt !== undefined) onSend({ sendAt })
        }}
      >
        <TimeChoices
          act={say.sendMenu.schedule}
          busy={busy}
          onChoose={(at) => {
            chosen.current = at
            close()
          }}
        />
      </Modal>
    </>
  )
}
