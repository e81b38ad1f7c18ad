import { z } from 'zod'
import { placeFields } from '../../kit/data-center/settings.ts'
import { field, secret } from '../../kit/field.ts'

const access = 'Access'

export const config = z.strictObject({
  ...placeFields({ product: 'Crowd', example: 'https://crowd.example.com/crowd' }),
  application: field(z.string().min(1), {
    label: 'Application name',
    help: 'Made in Crowd under Applications, Add application, type Generic application; its Remote addresses must include this machine.',
    group: access,
    aliases: ['Crowd application', 'Client ID'],
  }),
  password: secret({
    label: 'Application password',
    help: 'The password of the application, not that of a person.',
    group: access,
    aliases: ['Password', 'Secret'],
  }),
})

export type CrowdConfig = z.output<typeof config>
