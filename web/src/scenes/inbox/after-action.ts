import { useLocalStorage } from '@mantine/hooks'
import { useNavigate } from '@tanstack/react-router'
import { runCommand } from '../../keyboard/actions.ts'

/** Destination after a conversation is closed, snoozed or set to wait. */
export const AFTER_ACTION = ['stay', 'next', 'list'] as const
export type AfterAction = (typeof AFTER_ACTION)[number]

/** Personal setting, kept in this browser and applied in all of its windows. */
export function useAfterAction() {
  const [stored, setAfterAction] = useLocalStorage<AfterAction>({
    key: 'postkey:after-action',
    defaultValue: 'stay',
    getInitialValueInEffect: false,
  })
  const afterAction = AFTER_ACTION.includes(stored) ? stored : 'stay'
  return { afterAction, setAfterAction }
}

/** Leaves the open conversation as the setting says. Its row is still in the list, or its place is. */
export function useLeave(): () => void {
  const { afterAction } = useAfterAction()
  const navigate = useNavigate()
  return () => {
    if (afterAction === 'next') runCommand('next')
    if (afterAction === 'list') void navigate({ to: '/inbox' })
  }
}
