/**
 * The tags of an answer's fields, for those who read and write it by hand: number * 8 + wire type, one byte each.
 * Source: docs/wire-format.md, and wire/juno.proto.
 */

/** Of what is signed, behind the signer (see command-tags.ts). */
export const responseTag = 0x6a;
// Of the response.
export const nodeTag = 0x08;
export const clientTag = 0x10;
export const resultsTag = 0x1a;
export const leadingTag = 0x20;
// Of a result.
export const requestTag = 0x08;
export const indexTag = 0x10;
export const outcomeTag = 0x1a;
