import { Modal, Text, TextInput } from '@mantine/core'
import { useId, useRef, useState, type KeyboardEvent } from 'react'
import type { Person } from '../api/client.ts'
import { words } from '../words/index.ts'
import { isPossible, runCommand } from './actions.ts'
import { commandsFor, type CommandId } from './commands.ts'
import { KeysShown } from './keys-shown.tsx'
import classes from './palette.module.css'

interface PaletteProps {
  opened: boolean
  onClose: () => void
  role: Person['role']
}

/** Finds and runs any command that is available here. */
export function Palette({ opened, onClose, role }: PaletteProps) {
  const chosen = useRef<CommandId>(undefined)
  const choose = (id: CommandId) => {
    chosen.current = id
    onClose()
  }
  // The command may move the focus only after the dialog is gone and has returned it.
  const runChosen = () => {
    const id = chosen.current
    chosen.current = undefined
    if (id !== undefined) requestAnimationFrame(() => runCommand(id))
  }
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      onExitTransitionEnd={runChosen}
      title={words.keyboard.palette}
      transitionProps={{ duration: 0 }}
      closeButtonProps={{ 'aria-label': words.close }}
    >
      <Finder role={role} onChoose={choose} />
    </Modal>
  )
}

function Finder({ role, onChoose }: { role: Person['role']; onChoose: (id: CommandId) => void }) {
  const [wanted, setWanted] = useState('')
  const [at, setAt] = useState(0)
  const listId = useId()
  const { commands, nothingFound, palette } = words.keyboard
  const found = commandsFor(role).filter(
    ({ id }) => id !== 'palette' && isPossible(id) && commands[id].toLowerCase().includes(wanted.trim().toLowerCase()),
  )
  const current = found[Math.min(at, found.length - 1)]
  const optionId = (id: CommandId) => `${listId}-${id}`

  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined && found.length > 0) {
      event.preventDefault()
      setAt((Math.min(at, found.length - 1) + step + found.length) % found.length)
    }
    if (event.key === 'Enter' && current) {
      event.preventDefault()
      onChoose(current.id)
    }
  }
  return (
    <>
      <TextInput
        data-autofocus
        role="combobox"
        aria-label={palette}
        aria-expanded={found.length > 0}
        aria-controls={listId}
        aria-activedescendant={current && optionId(current.id)}
        autoComplete="off"
        value={wanted}
        onChange={({ currentTarget }) => {
          setWanted(currentTarget.value)
          setAt(0)
        }}
        onKeyDown={press}
      />
      {found.length === 0 && (
        <Text size="sm" c="dimmed" mt="sm" role="status">
          {nothingFound}
        </Text>
      )}
      <ul id={listId} role="listbox" aria-label={palette} className={classes.list}>
        {found.map(({ id, keys }) => (
          <li
            key={id}
            id={optionId(id)}
            role="option"
            aria-selected={id === current?.id}
            className={classes.option}
            onClick={() => onChoose(id)}
          >
            {commands[id]}
            <KeysShown keys={keys} />
          </li>
        ))}
      </ul>
    </>
  )
}
