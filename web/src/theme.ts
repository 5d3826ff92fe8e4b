import { Button, createTheme, Modal, type CSSVariablesResolver } from '@mantine/core'
import { words } from './words/index.ts'

/** Calm: one accent color, grays for the rest. States have a color and always a word. */
export const theme = createTheme({
  primaryColor: 'cyan',
  primaryShade: 9,
  defaultRadius: 'md',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  headings: { fontWeight: '600' },
  respectReducedMotion: true,
  components: {
    Anchor: { defaultProps: { underline: 'always' } },
    Modal: Modal.extend({
      defaultProps: { closeButtonProps: { 'aria-label': words.close } },
      styles: { title: { fontWeight: 600 } },
    }),
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': words.close } } },
    PasswordInput: {
      defaultProps: { visibilityToggleButtonProps: { 'aria-label': words.showTyped, tabIndex: 0 } },
    },
    // Labels of buttons can be long, such as an address: they wrap and never widen the page.
    Button: Button.extend({
      styles: {
        root: {
          display: 'inline-flex',
          alignItems: 'center',
          justifyContent: 'center',
          maxWidth: '100%',
          height: 'auto',
          minHeight: 'var(--button-height)',
          paddingBlock: 4,
        },
        label: { whiteSpace: 'normal', overflow: 'visible', overflowWrap: 'break-word' },
      },
    }),
  },
})

/**
 * Contrast of white on the library's hover color (cyan 8, #0c8599) is only 4.3 : 1; this is cyan 9, darker by 15 %. It
 * is set in both schemes, because the library's own value there takes precedence over a common one.
 */
const POINTED_AT = '#096171'

/** Contrast of the library's dimmed text is 3.3 : 1; this keeps at least 4.5 : 1. */
export const cssVariables: CSSVariablesResolver = ({ colors }) => ({
  variables: {},
  light: {
    '--mantine-color-cyan-filled-hover': POINTED_AT,
    '--mantine-color-dimmed': colors.gray[7],
    '--mantine-color-placeholder': colors.gray[7],
    '--mantine-color-error': colors.red[9],
    // Active items keep their contrast while hovered.
    '--mantine-color-cyan-light-hover': 'var(--mantine-color-cyan-light)',
  },
  dark: {
    // The library's color is a loud orange on which links are unreadable.
    '--mantine-color-yellow-light': '#423200',
    '--mantine-color-cyan-filled-hover': POINTED_AT,
    '--mantine-color-dimmed': colors.dark[1],
    '--mantine-color-placeholder': colors.dark[1],
    '--mantine-color-error': colors.red[4],
  },
})
