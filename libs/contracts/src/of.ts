/** A descriptor `D` of what TypeScript calls `T`: one name for the type and for what is known of it at run time. */
export type Of<T, D> = D & { readonly '~of'?: T };

/** One case of a map of messages: `{ orderRecorded: {…} }`. */
export type OneOf<T> = { [K in keyof T]: { [P in K]: T[P] } }[keyof T];
