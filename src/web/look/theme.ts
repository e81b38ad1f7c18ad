import { createTheme } from '@mantine/core'
import { t } from '../words/t.ts'

/**
 * Sizes and habits of our controls, by name, so that a page loads only those it shows. Colours stand in `theme.css`: Mantine would write them into a style element, which
 * `default-src 'self'` forbids.
 */
export const theme = createTheme({
  primaryColor: 'blue',
  primaryShade: 6,
  defaultRadius: 'sm',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    Button: {
      defaultProps: { size: 'sm' },
      // A filled button writes in the colour that stands out on the brand, in dark too.
      vars: (_theme: unknown, { variant = 'filled' }: { readonly variant?: string }) => ({
        root: variant === 'filled' ? { '--button-color': 'var(--on-brand)' } : {},
      }),
    },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 32 } },
    TextInput: { defaultProps: { size: 'sm' } },
    Textarea: { defaultProps: { size: 'sm', autosize: false } },
    PasswordInput: {
      defaultProps: { size: 'sm', visibilityToggleButtonProps: { 'aria-label': t('form.showSecret') } },
    },
    Select: { defaultProps: { size: 'sm', allowDeselect: false, checkIconPosition: 'right' } },
    Checkbox: { defaultProps: { size: 'xs' } },
    Switch: { defaultProps: { size: 'sm', withThumbIndicator: false } },
    Tabs: { defaultProps: { keepMounted: false } },
    Tooltip: { defaultProps: { openDelay: 300, multiline: true, maw: 360 } },
    Alert: { defaultProps: { variant: 'light' } },
    // Locking the scroll position writes a style element, which our policy forbids.
    Modal: {
      defaultProps: {
        lockScroll: false,
        centered: true,
        closeButtonProps: { 'aria-label': t('action.close') },
        transitionProps: { duration: 0 },
      },
    },
  },
})
