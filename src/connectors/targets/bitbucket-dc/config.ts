import { z } from 'zod'
import { hasOneWayIn, oneWayIn, serverFields } from '../../kit/data-center/settings.ts'

export const config = z
  .strictObject(
    serverFields({
      product: 'Bitbucket',
      example: 'https://bitbucket.example.com',
      token: 'HTTP access token',
      tokenHelp:
        'Of an account with the global permission Admin: profile picture, Manage account, HTTP access tokens, Create token.',
    }),
  )
  .refine(hasOneWayIn, oneWayIn)

export type BitbucketDcConfig = z.output<typeof config>
