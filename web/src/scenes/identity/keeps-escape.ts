/** For controls of a dialog that lies over another one: Mantine then leaves Escape to this dialog. */
export const KEEPS_ESCAPE = { 'data-mantine-stop-propagation': true } as const
