import { z } from 'zod'
import { keySchema } from '../../../domain/key.ts'
import { field } from '../../kit/field.ts'

export const config = z.strictObject({
  target: field(keySchema, {
    label: 'Target to read',
    help: 'Name of a target of this installation. It is read with its own settings and credentials, and never written by this source.',
    group: 'Target',
    aliases: ['Site', 'Atlassian site'],
  }),
})
