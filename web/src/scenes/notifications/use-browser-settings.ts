import { useLocalStorage } from '@mantine/hooks'

/** Settings of this browser: other browsers of the person have their own. */
export function useBrowserSettings() {
  const [isShown, setShown] = useLocalStorage({
    ...{ key: 'postkey:browser-notifications', defaultValue: false, getInitialValueInEffect: false },
  })
  const [isHeard, setHeard] = useLocalStorage({
    ...{ key: 'postkey:notification-sound', defaultValue: false, getInitialValueInEffect: false },
  })
  return { isShown, setShown, isHeard, setHeard }
}
