import { endRoutes } from './ends.ts'

export const targetRoutes = endRoutes('targets')
