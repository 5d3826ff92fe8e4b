/** The one place of the web UI that asks what time it is. */
export const clock = {
  // eslint-disable-next-line no-restricted-syntax -- This is the clock.
  now: () => new Date(),
}
