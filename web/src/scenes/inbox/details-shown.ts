import { useLocalStorage } from '@mantine/hooks'

/** Personal setting: the details beside the conversation, where the window is wide enough. Kept in this browser. */
export function useDetailsShown() {
  return useLocalStorage({ key: 'postkey:details', defaultValue: true, getInitialValueInEffect: false })
}
