import { z } from 'zod'
import { hasOneWayIn, oneWayIn, serverFields } from '../../kit/data-center/settings.ts'

export const config = z
  .strictObject(
    serverFields({
      product: 'Jira',
      example: 'https://jira.example.com',
      token: 'Personal access token',
      tokenHelp:
        'Of an account that administers Jira: profile picture, Profile, Personal Access Tokens, Create token (Jira 8.14 or newer).',
    }),
  )
  .refine(hasOneWayIn, oneWayIn)

export type JiraDcConfig = z.output<typeof config>
