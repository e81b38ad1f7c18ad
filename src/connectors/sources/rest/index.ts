import { defineSource } from '../../kit/define.ts'
import { config } from './config.ts'
import { setUps } from './presets/set-ups.ts'
import { restSource } from './source.ts'

export const rest = defineSource({
  type: 'rest',
  title: 'Custom REST API',
  summary:
    'People, groups and memberships from any API with lists in JSON, described in settings; ready-made for OneLogin, JumpCloud, PingOne, Auth0, authentik, GitLab, ZITADEL and Workday reports.',
  config,
  providers: setUps,
  connect: restSource,
})
