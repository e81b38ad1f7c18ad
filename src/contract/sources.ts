import { endRoutes } from './ends.ts'

export const sourceRoutes = endRoutes('sources')
