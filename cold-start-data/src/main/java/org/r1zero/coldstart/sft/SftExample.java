package org.r1zero.coldstart.sft;

/**
 * A prompt and the completion to be learned.
 *
 * @param prompt token ids, at least one; no loss on them
 * @param completion token ids, at least one; the end-of-sequence token included where the text ends
 */
public record SftExample(int[] prompt, int[] completion) {}
