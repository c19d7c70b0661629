import { accountsPages } from './accounts.pages.js';
import { asOfPages } from './as-of.pages.js';
import { commandPages } from './command.pages.js';
import { complaintIntakePages } from './complaint-intake.pages.js';
import { complaintVerdictPages } from './complaint-verdict.pages.js';
import { contactsPages } from './contacts.pages.js';
import { customerPages } from './customer.pages.js';
import { historyPages } from './history.pages.js';
import { loyaltyPages } from './loyalty.pages.js';
import { interactionsPages } from './interactions.pages.js';
import type { Pages } from './page.js';
import { parkingPages } from './parking.pages.js';
import { platformPages } from './platform.pages.js';
import { privacyPages } from './privacy.pages.js';
import { rebuildsPages } from './rebuilds.pages.js';
import { republishPages } from './republish.pages.js';
import { requestPages } from './request.pages.js';

/** Every slug of every problem and warning; a spec looks for slugs in the source that have none. */
export const pages: Pages = {
  ...requestPages,
  ...commandPages,
  ...platformPages,
  ...historyPages,
  ...asOfPages,
  ...rebuildsPages,
  ...parkingPages,
  ...republishPages,
  ...accountsPages,
  ...contactsPages,
  ...complaintIntakePages,
  ...complaintVerdictPages,
  ...customerPages,
  ...privacyPages,
  ...loyaltyPages,
  ...interactionsPages,
};
