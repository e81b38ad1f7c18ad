import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ProvisioningError } from '../domain/errors.ts'
import { theme } from './look/theme.ts'
import './look/mantine.css'
import './look/theme.css'
import './look/layout.css'
import './look/shell.css'
import { focusContent, keepFocusOfBusy } from './parts/focus.ts'
import { router } from './router.tsx'

const final = ['unauthenticated', 'not-allowed', 'not-found', 'usage', 'config-invalid', 'conflict', 'bug']

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (count, error) => count < 2 && !(error instanceof ProvisioningError && final.includes(error.code)),
    },
  },
})

keepFocusOfBusy()
// Another page was opened, not the first one: what is read next is the page, not the navigation.
router.subscribe('onRendered', ({ fromLocation, pathChanged }) => {
  if (fromLocation !== undefined && pathChanged) focusContent()
})

createRoot(document.querySelector('#root')!).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      withCssVariables={false}
      withStaticClasses={false}
      withGlobalClasses={false}
    >
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)
