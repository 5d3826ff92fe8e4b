import { Button, createTheme, Modal, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core'
import { words } from './words/index.ts'

/**
 * Calm: one accent color, neutral surfaces for the rest. States have a color and always a word. Sizes are multiples of
 * 4 px; the base is 14 px, secondary text 13 px.
 */
export const theme = createTheme({
  primaryColor: 'cyan',
  primaryShade: 9,
  black: '#1b1d1f',
  colors: {
    dark: [
      ...['#d3d6d9', '#b3b8bd', '#8b9197', '#656b71', '#3a3f44'],
      ...['#2c3034', '#24282b', '#1a1d1f', '#131516', '#0d0e0f'],
    ] as unknown as MantineColorsTuple,
    gray: [
      ...['#f7f8f8', '#f1f2f3', '#e7e9ea', '#dadddf', '#c8ccd0'],
      ...['#a6acb2', '#7f868d', '#545b62', '#373d43', '#22262a'],
    ] as unknown as MantineColorsTuple,
  },
  defaultRadius: 'md',
  radius: { sm: '4px', md: '6px', lg: '8px' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '20px', xl: '32px' },
  fontFamily: '"Inter Variable", system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  lineHeights: { xs: '1.34', sm: '1.54', md: '1.43', lg: '1.5', xl: '1.45' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.25rem', lineHeight: '1.4' },
      h2: { fontSize: '1.25rem', lineHeight: '1.4' },
      h3: { fontSize: '1rem', lineHeight: '1.5' },
      h4: { fontSize: '0.9375rem', lineHeight: '1.6' },
      h5: { fontSize: '0.875rem', lineHeight: '1.43' },
      h6: { fontSize: '0.8125rem', lineHeight: '1.54' },
    },
  },
  respectReducedMotion: true,
  components: {
    Anchor: { defaultProps: { underline: 'always' } },
    Modal: Modal.extend({
      defaultProps: { closeButtonProps: { 'aria-label': words.close } },
      styles: { title: { fontWeight: 600 } },
    }),
    Notification: {
      defaultProps: { closeButtonProps: { 'aria-label': words.close } },
      // The library's gray has a contrast of 3.3 : 1.
      styles: { description: { color: 'var(--mantine-color-dimmed)' } },
    },
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

/**
 * Surfaces: the ground of the window, panes on it, and raised ones such as menus. Contrast of the library's dimmed text
 * is 3.3 : 1; this keeps at least 4.5 : 1.
 */
export const cssVariables: CSSVariablesResolver = ({ colors }) => ({
  variables: {},
  light: {
    '--surface-ground': colors.gray[0],
    '--surface-pane': '#fff',
    '--surface-raised': '#fff',
    '--surface-pointed': colors.gray[1],
    '--surface-chosen': colors.gray[2],
    '--surface-ours': '#eef7f9',
    '--surface-note': '#fff8dc',
    '--line': colors.gray[2],
    '--accent': colors.cyan[9],
    '--shadow-raised': '0 1px 2px rgb(0 0 0 / 6%), 0 4px 12px rgb(0 0 0 / 6%)',
    '--mantine-color-default-border': colors.gray[3],
    '--mantine-color-cyan-filled-hover': POINTED_AT,
    '--mantine-color-dimmed': colors.gray[7],
    '--mantine-color-placeholder': colors.gray[7],
    '--mantine-color-error': colors.red[9],
    // Active items keep their contrast while hovered.
    '--mantine-color-cyan-light-hover': 'var(--mantine-color-cyan-light)',
  },
  dark: {
    '--surface-ground': colors.dark[8],
    '--surface-pane': colors.dark[7],
    '--surface-raised': colors.dark[6],
    '--surface-pointed': colors.dark[6],
    '--surface-chosen': colors.dark[5],
    '--surface-ours': '#15262b',
    '--surface-note': '#2b2410',
    '--line': colors.dark[5],
    '--accent': colors.cyan[5],
    '--shadow-raised': '0 1px 2px rgb(0 0 0 / 40%), 0 4px 12px rgb(0 0 0 / 30%)',
    // The library's color is a loud orange on which links are unreadable.
    '--mantine-color-yellow-light': '#423200',
    '--mantine-color-cyan-filled-hover': POINTED_AT,
    '--mantine-color-dimmed': colors.dark[1],
    '--mantine-color-placeholder': colors.dark[1],
    '--mantine-color-error': colors.red[4],
  },
})
