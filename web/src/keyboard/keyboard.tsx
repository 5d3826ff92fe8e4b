import { useDisclosure } from '@mantine/hooks'
import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import type { Person } from '../api/client.ts'
import { isPossible, runCommand, useCommand } from './actions.ts'
import { commandsFor, TARGETS, type CommandId } from './commands.ts'
import { HelpDialog } from './help-dialog.tsx'
import { Palette } from './palette.tsx'
import { createStrokeReader, readStroke } from './strokes.ts'
import { isKeyTaken } from './key-targets.ts'

type Target = keyof typeof TARGETS

/** Handles the keys of every page, and contains the help and the palette. */
export function Keyboard({ role }: { role: Person['role'] }) {
  const [helpOpen, help] = useDisclosure(false)
  const [paletteOpen, palette] = useDisclosure(false)

  useCommand('help', help.open)
  useCommand('palette', palette.open)

  useEffect(() => {
    const commands = commandsFor(role)
    const read = createStrokeReader(commands.map(({ keys }) => keys))
    const listen = (event: KeyboardEvent) => {
      if (isKeyTaken(event)) return
      const stroke = readStroke(event)
      const keys = stroke === undefined ? undefined : read(stroke, event.timeStamp)
      const command = commands.find((each) => each.keys === keys)
      if (!command || command.native || !isPossible(command.id)) return
      event.preventDefault()
      runCommand(command.id)
    }
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [role])

  return (
    <>
      {commandsFor(role).map(({ id }) => isTarget(id) && <GoCommand key={id} id={id} />)}
      <HelpDialog opened={helpOpen} onClose={help.close} role={role} />
      <Palette opened={paletteOpen} onClose={palette.close} role={role} />
    </>
  )
}

/** Registers a command that opens a page. */
function GoCommand({ id }: { id: Target }) {
  const navigate = useNavigate()
  useCommand(id, () => void navigate({ to: TARGETS[id] }))
  return undefined
}

function isTarget(id: CommandId): id is Target {
  return id in TARGETS
}
