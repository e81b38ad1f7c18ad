import { defineSource } from '../../kit/define.ts'
import { config } from './config.ts'
import { setUp } from './set-up.ts'
import { ScimPull } from './source.ts'

export const scimPull = defineSource({
  type: 'scim-pull',
  title: 'SCIM 2.0 (pulled)',
  summary: 'People, groups and memberships read from any SCIM 2.0 server.',
  config,
  providers: [setUp],
  connect: (settings, context) => new ScimPull(settings, context),
})
