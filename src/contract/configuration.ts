import { z } from 'zod'
import { route } from './route.ts'
import { document, key, named, problem } from './shapes.ts'

const configDocument = named(
  'ConfigDocument',
  z.object({
    sources: z.record(z.string(), document).optional(),
    targets: z.record(z.string(), document).optional(),
    connections: z.record(z.string(), document).optional(),
    auth: z
      .object({ oidc: document.optional() })
      .optional()
      .describe('single sign-on that the store keeps; only administrators are given it'),
    notifications: z
      .record(z.string(), document)
      .optional()
      .describe('channels that the store keeps; only administrators are given them'),
  }),
)

/** The text of a file keeps line numbers in the answer; a document does not have any. */
const given = z.union([
  z.strictObject({ yaml: z.string().max(5_000_000), file: z.string().max(500).optional() }),
  z.strictObject({ document }),
])

const touched = z.object({ kind: z.enum(['source', 'target', 'connection', 'channel', 'sign-in']), key })
const changed = touched.extend({
  changes: z.array(z.string()).optional().describe('of channels and single sign-on: one sentence for each setting'),
})

export const configurationRoutes = {
  export: route({
    method: 'GET',
    path: '/api/v1/configuration',
    role: 'viewer',
    summary:
      'All sources, targets and connections as one document and as YAML, for administrators with single sign-on and channels; references to secrets, never secrets.',
    response: named(
      'Configuration',
      z.object({
        document: configDocument,
        yaml: z.string(),
        withheld: z.array(z.enum(['auth', 'notifications'])).describe('parts that only administrators are given'),
      }),
    ),
  }),
  import: route({
    method: 'POST',
    path: '/api/v1/configuration/import',
    role: 'admin',
    summary: 'Creates and replaces what the document names, all or nothing; what it does not name stays.',
    body: named(
      'ImportConfiguration',
      z.union([
        z.strictObject({
          yaml: z.string().max(5_000_000),
          file: z.string().max(500).optional(),
          dryRun: z.boolean().optional(),
        }),
        z.strictObject({ document, dryRun: z.boolean().optional() }),
      ]),
    ),
    response: named(
      'Imported',
      z.object({
        dryRun: z.boolean(),
        created: z.array(touched),
        changed: z.array(changed),
        unchanged: z.array(touched),
        warnings: z.array(problem).describe('rules that are legal and surely not meant'),
      }),
    ),
    errors: ['config-invalid', 'not-writable', 'conflict'],
  }),
  validate: route({
    method: 'POST',
    path: '/api/v1/configuration/validate',
    role: 'viewer',
    summary: 'Says everything that is wrong with a configuration; saves nothing.',
    body: named('ValidateConfiguration', given),
    response: named(
      'Validated',
      z.object({
        valid: z.boolean(),
        problems: z.array(problem),
        warnings: z.array(problem).describe('rules that are legal and surely not meant'),
      }),
    ),
  }),
} as const
