import type { ServiceDefinition } from '@guanxi/event-sourcing/service';
import { accounts } from '@guanxi/accounts/accounts.module';
import { complaints } from '@guanxi/complaints/complaints.module';
import { interactions } from '@guanxi/interactions/interactions.module';
import { loyalty } from '@guanxi/loyalty/loyalty.module';
import { privacy } from '@guanxi/privacy/privacy.module';

/** What each service is made of; a script that imports it must have compiled the house before. */
export const definitions: Readonly<Record<string, ServiceDefinition>> = { accounts, interactions, complaints, loyalty, privacy };
