import { z } from 'zod'
import { hasOneWayIn, oneWayIn, serverFields } from '../../kit/data-center/settings.ts'

export const config = z
  .strictObject(
    serverFields({
      product: 'Confluence',
      example: 'https://confluence.example.com',
      token: 'Personal access token',
      tokenHelp:
        'Of an account that administers Confluence: profile picture, Settings, Personal Access Tokens, Create token.',
    }),
  )
  .refine(hasOneWayIn, oneWayIn)

export type ConfluenceDcConfig = z.output<typeof config>
