/** The services of the house, each with a database of its own; the gateway has none. */
export const services: readonly string[] = ['accounts', 'interactions', 'complaints', 'loyalty', 'privacy'];

/** The database of the PostgreSQL bus. */
export const bus = 'bus';

/** Login roles of PostgreSQL that the services use. */
export const roles: readonly string[] = ['postgres', `${bus}_app`, ...services.flatMap((name) => [`${name}_owner`, `${name}_app`])];
